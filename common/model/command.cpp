// Tables of kinds and states, and the JSON of requests and reports.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/command.hpp"

#include <algorithm>
#include <array>

namespace vivi::model {
namespace {

constexpr std::array<std::string_view, 10> kinds{
    "reboot",          "power_off",    "start_service", "stop_service", "restart_service",
    "update_software", "collect_logs", "ping",          "dns",          "throughput"};
constexpr std::array<std::string_view, 7> states{"queued", "sent", "running", "succeeded", "failed", "expired", "cancelled"};
constexpr std::size_t most_report_bytes = 1 << 20;

template <class Enum, std::size_t Size>
std::optional<Enum> find_name(const std::array<std::string_view, Size>& names, std::string_view text) noexcept {
    const auto found = std::ranges::find(names, text);
    return found == names.end() ? std::nullopt : std::optional{static_cast<Enum>(found - names.begin())};
}

/// Letters, digits and what else is in `more`; not empty, at most `most`, and nothing that looks like an option.
std::optional<std::string> word(const std::string& text, std::size_t most, std::string_view more) {
    const auto is_fine = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.contains(c);
    };
    if (text.empty() || text.size() > most || text.starts_with('-') || text.starts_with('.')) return std::nullopt;
    return std::ranges::all_of(text, is_fine) ? std::optional{text} : std::nullopt;
}

/// A name of a systemd unit, without what would lead somewhere else in a path.
std::string service_of(Fields& in) {
    return in.parsed<std::string>(
        "service",
        [](const std::string& text) {
            const bool is_lower = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
            return is_lower ? word(text, 64, "@._-") : std::nullopt;
        },
        "must be the name of a service");
}
std::string host_of(Fields& in, std::string_view key) {
    return in.parsed<std::string>(
        key, [](const std::string& text) { return word(text, 253, ".:-_"); }, "must be a name or an address");
}
std::int64_t number_of(Fields& in, std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
    return in.has(key) ? in.integer(key, least, most) : fallback;
}

Json release_of(Fields& in) {
    const auto version = [](const std::string& text) { return word(text, 64, ".+~-"); };
    const auto digest = [](const std::string& text) {
        const bool is_hex = text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
        return is_hex ? std::optional{text} : std::nullopt;
    };
    Json body{{"version", in.parsed<std::string>("version", version, "must be a version")},
              {"architecture", in.parsed<std::string>("architecture", version, "must be an architecture")},
              {"size_bytes", in.integer("size_bytes", 1, std::int64_t{1} << 32)},
              {"sha256", in.parsed<std::string>("sha256", digest, "must be 64 hexadecimal digits")},
              {"signature", in.text("signature")},
              {"minimum_version", in.text("minimum_version", "")}};
    return body;
}

/// Without `follow_seconds` where nothing is followed: software of before does not know it.
Json log_question_of(Fields& in) {
    Json body{{"lines", number_of(in, "lines", 500, 1, 2000)},
              {"since_seconds", number_of(in, "since_seconds", 3600, 0, 604'800)}};
    if (const auto seconds = number_of(in, "follow_seconds", 0, 0, 300); seconds > 0) body["follow_seconds"] = seconds;
    return body;
}

CommandRequest request_of(CommandKind kind, Fields& in) {
    const auto post = [](std::string target, const Json& body = Json::object()) {
        return CommandRequest{.method = "POST",
                              .target = std::move(target),
                              .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)};  // Keys are sorted.
    };
    const auto service = [&](const char* verb) { return "/v1/services/" + service_of(in) + verb; };
    switch (kind) {
        case CommandKind::Reboot: return post("/v1/system/reboot");
        case CommandKind::PowerOff: return post("/v1/system/poweroff");
        case CommandKind::StartService: return post(service("/start"));
        case CommandKind::StopService: return post(service("/stop"));
        case CommandKind::RestartService: return post(service("/restart"));
        case CommandKind::UpdateSoftware: return post("/v1/update", release_of(in));
        case CommandKind::CollectLogs: return post(service("/logs"), log_question_of(in));
        case CommandKind::Ping:
            return post("/v1/diagnostics/ping", {{"host", host_of(in, "host")}, {"count", number_of(in, "count", 4, 1, 20)}});
        case CommandKind::Dns: return post("/v1/diagnostics/dns", {{"name", host_of(in, "name")}});
        case CommandKind::Throughput:
            return post("/v1/diagnostics/throughput", {{"seconds", number_of(in, "seconds", 5, 1, 20)}});
    }
    return {};
}

}  // namespace

std::string_view to_string(CommandKind kind) noexcept { return kinds.at(static_cast<std::size_t>(kind)); }
std::optional<CommandKind> parse_command_kind(std::string_view text) noexcept { return find_name<CommandKind>(kinds, text); }
bool changes_router(CommandKind kind) noexcept { return kind <= CommandKind::UpdateSoftware; }

std::string_view to_string(CommandState state) noexcept { return states.at(static_cast<std::size_t>(state)); }
std::optional<CommandState> parse_command_state(std::string_view text) noexcept { return find_name<CommandState>(states, text); }
bool is_over(CommandState state) noexcept { return state >= CommandState::Succeeded; }

bool may_become(CommandState from, CommandState to) noexcept {
    using enum CommandState;
    switch (from) {
        case Queued: return to == Sent || to == Failed || to == Expired || to == Cancelled;
        // Back to Queued: the router says that it never took it.
        case Sent: return to != Sent;
        case Running: return to == Succeeded || to == Failed || to == Cancelled;
        default: return false;
    }
}

std::expected<CommandRequest, Problems> command_request(CommandKind kind, const Json& parameters) {
    Problems problems;
    Fields in{parameters, "", problems};
    auto request = request_of(kind, in);
    in.refuse_unknown();
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return request;
}

Result<CommandReport> parse_command_report(std::string_view body, std::string_view command) {
    const auto json = parse_json(body, most_report_bytes);
    if (!json) return std::unexpected{json.error()};
    Problems problems;
    Fields in{*json, "", problems};
    if (in.text("command") != command) in.problem("command", "is another command's");
    CommandReport report{.state = in.parsed<CommandState>("state", parse_command_state, "is no state")};
    if (report.state < CommandState::Running || report.state > CommandState::Failed) in.problem("state", "is none of a router's");
    if (in.has("progress") && !json->at("progress").is_null()) report.progress = static_cast<int>(in.integer("progress", 0, 100));
    report.detail = in.text("detail", "");
    report.result = in.object("result");
    if (const auto& upload = in.object("upload"); upload.contains("offset")) {
        Fields at{upload, "/upload", problems};
        report.upload_offset = static_cast<std::uint64_t>(at.integer("offset", 0, std::int64_t{1} << 40));
    }
    if (!problems.empty()) return failed(Code::Invalid, "the command's document: " + in.problems());
    return report;
}

}  // namespace vivi::model
