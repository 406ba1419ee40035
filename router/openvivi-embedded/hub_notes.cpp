// Notes of the hub, as files.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/hub_notes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/model/custody.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::openvivi_embedded {
namespace {

using model::Json;

http::Response answer_of(int status, const Json& document) {
    return {.status = status,
            .headers = {{"content-type", "application/json"}, {"cache-control", "no-store"}},
            .body = document.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

http::Response refusal(int status, Code code, const std::string& detail) {
    return answer_of(status, {{"error", {{"code", to_string(code)}, {"detail", detail}}}});
}

/// Whole or not at all, also after a power cut; the group may read it.
Status replace(const std::string& path, const std::string& text) {
    const auto fresh = path + ".new";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    const bool written =
        fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (written && ::rename(fresh.c_str(), path.c_str()) == 0) return {};
    return failed(Code::Unavailable, path + ": cannot be written: " + std::strerror(errno));
}

Result<Json> note_of(const std::string& text) { return model::parse_json(text, model::max_custody_note_bytes); }

}  // namespace

HubNotes::HubNotes(NotePlaces places) : places_{std::move(places)} { ::unlink(places_.claim_code.c_str()); }

std::optional<http::Response> HubNotes::answer(const http::Request& request) {
    const auto path = request.path();
    const bool is_code = path == "/v1/claim-code", is_return = path == "/v1/return";
    if (!is_code && !is_return) return std::nullopt;
    if (request.method == "POST") return is_code ? show(request.body) : wish(request.body);
    if (is_return && request.method == "GET") return state();
    if (is_return && request.method == "DELETE") {
        ::unlink(places_.receipt.c_str());
        return answer_of(200, Json::object());
    }
    auto refused = refusal(405, Code::Invalid, "this method is not possible here");
    refused.headers.emplace_back("allow", is_code ? "POST" : "GET, POST, DELETE");
    return refused;
}

std::optional<bool> HubNotes::is_code_fresh(Instant now) const {
    if (!code_at_) return std::nullopt;
    return now < *code_at_ + std::chrono::minutes{30};
}

http::Response HubNotes::show(const std::string& body) {
    const auto json = note_of(body);
    const auto code = json ? model::parse_shown_code(*json) : std::unexpected{model::Problems{json.error().detail}};
    if (!code) return refusal(400, Code::Invalid, code.error().front());
    if (code->code.empty()) {
        ::unlink(places_.claim_code.c_str());
        log::info("claim_code.gone");
        return answer_of(200, Json::object());
    }
    if (const auto kept = replace(places_.claim_code, model::to_json(*code).dump()); !kept) {
        log::warn("claim_code.unkept", {{"reason", kept.error().detail}});
        return refusal(503, kept.error().code, kept.error().detail);
    }
    code_at_ = now();
    log::info("claim_code.shown", {{"file", places_.claim_code}});
    return answer_of(200, Json::object());
}

http::Response HubNotes::wish(const std::string& body) const {
    const auto json = note_of(body);
    const auto wish = json ? model::parse_return_wish(*json) : std::unexpected{model::Problems{json.error().detail}};
    if (!wish) return refusal(400, Code::Invalid, wish.error().front());
    if (const auto kept = replace(places_.wish, model::to_json(*wish).dump()); !kept) {
        log::warn("return.unkept", {{"reason", kept.error().detail}});
        return refusal(503, kept.error().code, kept.error().detail);
    }
    log::info("return.wished", {{"custody", wish->custody}, {"by", wish->by}});
    return answer_of(202, Json::object());
}

/// {"state":"none"}, {"state":"wiping"} or {"state":"wiped","receipt"}.
http::Response HubNotes::state() const {
    if (::access(places_.wish.c_str(), F_OK) == 0) return answer_of(200, {{"state", "wiping"}});
    const auto text = read_text_file(places_.receipt);
    const auto receipt = text ? note_of(*text) : Result<Json>{std::unexpected{text.error()}};
    if (!receipt) return answer_of(200, {{"state", "none"}});
    return answer_of(200, {{"state", "wiped"}, {"receipt", *receipt}});
}

}  // namespace vivi::openvivi_embedded
