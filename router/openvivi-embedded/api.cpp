// Routes of the embedded API and their answers.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/api.hpp"

#include <charconv>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/openvivi-embedded/journal.hpp"
#include "router/openvivi-embedded/service_names.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::int64_t most_lines = 2000;
constexpr int most_streams = 4;
constexpr Milliseconds between_looks{500};
constexpr int looks_between_signs = 30;  // An empty line every 15 s: whoever went is noticed by it.

std::string to_text(const nlohmann::json& document) {
    return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

http::Response json_response(int status, const nlohmann::json& document, http::Headers more = {}) {
    more.emplace_back("content-type", "application/json");
    more.emplace_back("cache-control", "no-store");
    return {.status = status, .headers = std::move(more), .body = to_text(document)};
}

http::Response error_response(int status, Code code, const std::string& detail, http::Headers more = {}) {
    return json_response(status, {{"error", {{"code", to_string(code)}, {"detail", detail}}}}, std::move(more));
}

int status_of(Code code) {
    switch (code) {
        case Code::Invalid: return 400;
        case Code::Denied: return 403;
        case Code::NotFound: return 404;
        case Code::Conflict: return 409;
        case Code::Overflow: return 429;
        case Code::Unavailable: return 503;
        case Code::Timeout: return 504;
        case Code::Internal: return 500;
    }
    return 500;
}

http::Response error_response(const Error& error) { return error_response(status_of(error.code), error.code, error.detail); }

/// A whole number in [least, most]; `fallback` when the parameter is absent, nothing when it is something else.
std::optional<std::int64_t> number(const http::Request& request, std::string_view name, std::int64_t fallback, std::int64_t least,
                                   std::int64_t most) {
    const auto text = request.query(name);
    if (!text) return fallback;
    std::int64_t value = 0;
    const auto* const end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc{} || stopped != end || text->empty() || value < least || value > most) return std::nullopt;
    return value;
}

/// Lines of JSON of what a unit writes, as it comes.
class LogStream {
public:
    LogStream(std::unique_ptr<Journal> journal, net::thread_pool& slow, std::shared_ptr<int> streams)
        : journal_{std::move(journal)}, slow_{slow}, streams_{std::move(streams)} {
        ++*streams_;
    }
    LogStream(const LogStream&) = delete;
    LogStream& operator=(const LogStream&) = delete;
    ~LogStream() { --*streams_; }

    /// Never empty but at the end, which is an error of the journal.
    Task<std::string> next() {
        for (int look = 0; look < looks_between_signs; ++look) {
            const auto lines = co_await blocking(slow_, [this] { return journal_->next(500); });
            if (!lines) co_return std::string{};
            std::string text;
            for (const auto& line : *lines) text.append(to_text(to_json(line))).append("\n");
            if (!text.empty()) co_return text;
            co_await after(between_looks);
        }
        co_return "\n";
    }

private:
    std::unique_ptr<Journal> journal_;
    net::thread_pool& slow_;
    std::shared_ptr<int> streams_;
};

}  // namespace

Task<http::Response> Api::handle(http::Request request) {
    auto found = find_route(request.method, request.path());
    if (found.route == nullptr && !found.allowed.empty())
        co_return error_response(405, Code::Invalid, "only " + found.allowed + " is possible here", {{"allow", found.allowed}});
    if (found.route == nullptr) co_return error_response(404, Code::NotFound, "there is no such path");
    co_return co_await answer(*found.route, std::move(found.argument), std::move(request));
}

Task<http::Response> Api::answer(const Route& route, std::string argument, http::Request request) {
    if (route.access == Access::Open) co_return co_await answer_open(route.action, std::move(argument), std::move(request));
    auto grant = co_await admit(request);
    if (!grant) {
        log::warn("api.refused",
                  {{"request", request.method + ' ' + std::string{request.path()}}, {"reason", grant.error().detail}});
        co_return error_response(401, grant.error().code, grant.error().detail, {{"www-authenticate", "Vivi"}});
    }
    if (route.access == Access::Question)
        co_return co_await answer_question(route.action, std::move(argument), std::move(request));
    if (!is_command_id(grant->command))
        co_return error_response(401, Code::Denied, "the token names no command", {{"www-authenticate", "Vivi"}});
    co_return co_await answer_command(route.action, std::move(argument), std::move(request), std::move(grant->command));
}

Task<Result<model::TokenGrant>> Api::admit(const http::Request& request) {
    const model::TokenScope scope{.custody = co_await whose_.custody(),
                                  .fingerprint = whose_.fingerprint,
                                  .boot_id = whose_.boot_id,
                                  .method = request.method,
                                  .target = request.target,
                                  .body = crypto::sha256(as_bytes(request.body))};
    co_return ports_.gate.admit(http::find(request.headers, "authorization").value_or(""), scope, now());
}

http::Response Api::command_response(const CommandRecord& record) const {
    auto document = to_document(record);
    const auto awaited = ports_.update.progress();
    if (awaited && record.command == ports_.update.command())
        document["upload"] = {{"offset", awaited->offset}, {"size_bytes", awaited->size_bytes}};
    return json_response(record.state == CommandState::Running ? 202 : 200, document);
}

Task<http::Response> Api::answer_open(Action action, std::string argument, http::Request request) {
    if (action == Action::Health) co_return json_response(200, ports_.health());
    if (action == Action::System) co_return json_response(200, ports_.system());
    if (action == Action::Nonce) {
        const auto custody = co_await whose_.custody();
        auto nonce = ports_.gate.issue(crypto::random_bytes(16), now());
        co_return json_response(200, {{"nonce", std::move(nonce)}, {"boot_id", whose_.boot_id}, {"custody", custody}});
    }
    if (action == Action::ReadCommand) {
        if (const auto* record = ports_.commands.find(argument)) co_return command_response(*record);
        co_return error_response(404, Code::NotFound, "this router never accepted such a command");
    }
    if (action != Action::TakeBundle) co_return error_response(404, Code::NotFound, "there is no such path");
    co_return co_await take_bundle(std::move(request));
}

/// Needs no token: only bytes with the announced hash are ever used, and the announcement had one.
Task<http::Response> Api::take_bundle(http::Request request) {
    const auto offset = number(request, "offset", -1, 0, std::int64_t{1} << 40);
    if (!offset || *offset < 0) co_return error_response(400, Code::Invalid, "offset: must be a number of bytes");
    const auto taken = co_await ports_.update.take(static_cast<std::uint64_t>(*offset), std::move(request.body));
    if (taken) co_return json_response(200, {{"offset", *taken}});
    if (taken.error().code != Code::Conflict) co_return error_response(taken.error());
    nlohmann::json document{{"error", {{"code", to_string(Code::Conflict)}, {"detail", taken.error().detail}}}};
    if (const auto awaited = ports_.update.progress()) document["offset"] = awaited->offset;
    co_return json_response(409, document);
}

Task<http::Response> Api::answer_question(Action action, std::string argument, http::Request request) {
    if (action == Action::ReadUpdate) co_return json_response(200, ports_.update.document());
    if (action == Action::ListServices) {
        const auto services = co_await ports_.works.services();
        if (!services) co_return error_response(services.error());
        co_return json_response(200, {{"services", *services}});
    }
    auto unit = unit_of(argument);
    if (!unit) co_return error_response(404, Code::NotFound, argument + ": is no service of a router");
    if (action == Action::FollowLogs) co_return co_await follow(*std::move(unit));
    co_return co_await logs(request, *std::move(unit));
}

Task<http::Response> Api::answer_command(Action action, std::string argument, http::Request request, std::string command) {
    CommandRecord record{
        .command = std::move(command),
        .request = request.method + ' ' + request.target + ' ' + crypto::to_hex(crypto::sha256(as_bytes(request.body)))};
    if (action == Action::Update) co_return co_await announce(std::move(record), std::move(request.body));
    auto prepared = ports_.works.prepare(action, argument, request.body);
    if (!prepared) co_return error_response(prepared.error());
    record.ends_with = prepared->ends_with;
    const auto begun = co_await ports_.commands.begin(std::move(record), std::move(prepared->work));
    co_return begun ? command_response(*begun) : error_response(begun.error());
}

Task<http::Response> Api::announce(CommandRecord record, std::string body) {
    auto announcement = parse_announcement(body);
    if (!announcement) co_return error_response(announcement.error());
    if (ports_.commands.find(record.command) == nullptr) {
        if (const auto allowed = ports_.update.may_announce(*announcement); !allowed) co_return error_response(allowed.error());
    }
    announcement->command = record.command;
    record.ends_with = EndsWith::Resumed;
    auto work = ports_.update.work(*std::move(announcement));
    const auto begun = co_await ports_.commands.begin(std::move(record), std::move(work));
    co_return begun ? command_response(*begun) : error_response(begun.error());
}

Task<http::Response> Api::logs(const http::Request& request, std::string unit) {
    const auto lines = number(request, "lines", 200, 1, most_lines);
    const auto since = number(request, "since", 0, 0, std::int64_t{1} << 48);
    if (!lines) co_return error_response(400, Code::Invalid, "lines: must be in 1..2000");
    if (!since) co_return error_response(400, Code::Invalid, "since: must be milliseconds since 1970");
    LogQuestion question{.unit = std::move(unit), .lines = static_cast<std::size_t>(*lines)};
    if (*since > 0) question.since = from_unix_ms(*since);
    const auto read = co_await blocking(ports_.slow, [question]() -> Result<std::vector<LogLine>> {
        auto journal = Journal::open(question.unit);
        if (!journal) return std::unexpected{std::move(journal).error()};
        return (*journal)->last(question);
    });
    if (!read) co_return error_response(read.error());
    auto list = nlohmann::json::array();
    for (const auto& line : *read) list.push_back(to_json(line));
    co_return json_response(200, {{"lines", std::move(list)}});
}

Task<http::Response> Api::follow(std::string unit) {
    if (*streams_ >= most_streams) co_return error_response(503, Code::Unavailable, "too many logs are being followed");
    auto opened = co_await blocking(ports_.slow, [unit]() -> Result<std::unique_ptr<Journal>> {
        auto journal = Journal::open(unit);
        if (!journal) return journal;
        if (auto placed = (*journal)->last({.unit = unit, .lines = 1}); !placed)
            return std::unexpected{std::move(placed).error()};
        return journal;
    });
    if (!opened) co_return error_response(opened.error());
    auto stream = std::make_shared<LogStream>(*std::move(opened), ports_.slow, streams_);  // Owned by the response's function.
    co_return http::Response{.headers = {{"content-type", "application/x-ndjson"}, {"cache-control", "no-store"}},
                             .body = "\n",
                             .more = [stream] { return stream->next(); }};
}

nlohmann::json health_document(const TunnelState& tunnel) {
    const auto since = tunnel.since ? std::chrono::duration_cast<Seconds>(now() - *tunnel.since).count() : 0;
    return {{"status", "ok"},
            {"software", "vivi-openvivi-embedded " VIVI_VERSION},
            {"tunnel",
             {{"connected", tunnel.is_connected},
              {"hub", tunnel.hub},
              {"way", to_string(tunnel.way)},
              {"since_seconds", since},
              {"why_offline", tunnel.why_offline},
              {"connections", tunnel.connections},
              {"channels", tunnel.channels}}}};
}

}  // namespace vivi::openvivi_embedded
