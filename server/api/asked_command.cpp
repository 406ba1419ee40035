// From the input to the kind and parameters of a command.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/asked_command.hpp"

#include "common/runtime/log.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/db/gathered.hpp"
#include "server/db/rollouts.hpp"

namespace vivi::api {
namespace {

using graphql::FieldError;
using graphql::Fields;
using graphql::Value;
using model::CommandKind;
using model::Json;

constexpr std::int64_t least_lifetime = 10, most_lifetime = 604'800;
constexpr std::size_t most_key_bytes = 100;

struct Asked {
    CommandKind kind{};
    Json parameters = Json::object();
};

UserError invalid(std::string message, std::string field) {
    return {.code = "INVALID", .message = std::move(message), .field = std::move(field)};
}

/// All but updates: what follows from the input alone.
std::expected<Asked, UserError> simple(std::string_view name, const Value& value) {
    const auto text = [&](CommandKind kind, const char* key) { return Asked{.kind = kind, .parameters = {{key, value.text()}}}; };
    if (name == "reboot" || name == "powerOff") {
        if (!value.boolean()) return std::unexpected{invalid("Only true means something.", "command")};
        return Asked{.kind = name == "reboot" ? CommandKind::Reboot : CommandKind::PowerOff};
    }
    if (name == "startService") return text(CommandKind::StartService, "service");
    if (name == "stopService") return text(CommandKind::StopService, "service");
    if (name == "restartService") return text(CommandKind::RestartService, "service");
    if (name == "dns") return text(CommandKind::Dns, "name");
    if (name == "throughput") return Asked{.kind = CommandKind::Throughput, .parameters = {{"seconds", value.integer()}}};
    const auto& fields = value.fields();
    if (name == "ping")
        return Asked{.kind = CommandKind::Ping,
                     .parameters = {{"host", fields["host"].text()}, {"count", fields["count"].integer()}}};
    Asked logs{.kind = CommandKind::CollectLogs,
               .parameters = {{"service", fields["service"].text()},
                              {"lines", fields["lines"].integer()},
                              {"since_seconds", fields["sinceSeconds"].integer()}}};
    if (const auto seconds = fields["followSeconds"].integer(); seconds > 0) logs.parameters["follow_seconds"] = seconds;
    return logs;
}

Json parameters_of(const db::Release& release) {
    return {{"version", release.version}, {"architecture", release.architecture}, {"size_bytes", release.size_bytes},
            {"sha256", release.sha256},   {"signature", release.signature},       {"minimum_version", release.minimum_version}};
}

std::vector<UserError> problems_of_frame(const Fields& input) {
    std::vector<UserError> problems;
    const std::string key{input["key"].text()};
    if (key.empty() || key.size() > most_key_bytes || db::clean(key, most_key_bytes) != key)
        problems.push_back(invalid("A key has 1 to 100 bytes.", "key"));
    const auto lifetime = input["expiresInSeconds"].integer();
    if (lifetime < least_lifetime || lifetime > most_lifetime)
        problems.push_back(invalid("A command lasts 10 seconds to a week.", "expiresInSeconds"));
    return problems;
}

}  // namespace

Task<std::expected<std::expected<db::NewCommand, std::vector<UserError>>, FieldError>> asked_command(Call& call, db::Pool& pool,
                                                                                                     Fields input) {
    using Answer = std::expected<db::NewCommand, std::vector<UserError>>;
    auto problems = problems_of_frame(input);
    const auto& [name, value] = input["command"].fields().items().front();  // Exactly one: the input is @oneOf.
    Asked asked{.kind = CommandKind::UpdateSoftware};
    if (name == "updateSoftware") {
        const auto id = parse_id("SoftwareRelease", value.text());
        Result<db::Release> release = failed(Code::NotFound, "no such release");
        if (id) release = co_await db::release(pool, *id);
        if (!release && release.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(release).error()}};
        if (release)
            asked.parameters = parameters_of(*release);
        else
            problems.push_back({.code = "NOT_FOUND", .message = "There is no such release.", .field = "command"});
    } else if (auto found = simple(name, value)) {
        asked = *std::move(found);
    } else {
        problems.push_back(std::move(found).error());
    }
    if (!problems.empty()) co_return Answer{std::unexpected{std::move(problems)}};
    if (const auto request = model::command_request(asked.kind, asked.parameters); !request) {
        for (const auto& problem : request.error()) problems.push_back(invalid(problem, "command"));
        co_return Answer{std::unexpected{std::move(problems)}};
    }
    co_return Answer{db::NewCommand{.router = {},
                                    .kind = asked.kind,
                                    .parameters = asked.parameters.dump(),
                                    .key = std::string{input["key"].text()},
                                    .lifetime = Seconds{input["expiresInSeconds"].integer()},
                                    .actor = {.user = call.account->user, .address = call.address}}};
}

bool is_dangerous(CommandKind kind) noexcept {
    return kind == CommandKind::Reboot || kind == CommandKind::PowerOff || kind == CommandKind::StopService ||
           kind == CommandKind::UpdateSoftware;
}

std::optional<UserError> refusal_of(const Error& error, std::string_view field) {
    if (error.code == Code::NotFound)
        return UserError{.code = "NOT_FOUND",
                         .message = field == "routerId" ? "There is no such router." : "There is no such command.",
                         .field = std::string{field}};
    if (error.code == Code::Overflow)
        return UserError{.code = "TOO_MANY", .message = "50 commands of this router are open.", .field = "routerId"};
    if (error.code != Code::Conflict) return std::nullopt;
    if (field == "routerId") return UserError{.code = "KEY_USED", .message = "This key is another command's.", .field = "key"};
    const bool is_over = error.detail.ends_with("over.");
    return UserError{.code = is_over ? "COMMAND_OVER" : "COMMAND_SENT", .message = error.detail, .field = std::string{field}};
}

Task<> announce_commands(Call& call, std::string router, std::string organisation) {
    call.services.wakeups.wake(router);
    // The broker only wakes; who does not hear it looks within 5 s.
    if (const auto sent = co_await call.services.notices.commanded(router, std::move(organisation)); !sent)
        log::warn("decision.unannounced", {{"router", router}, {"reason", sent.error().detail}});
}

void add_command_fields(graphql::Resolvers& resolvers, const std::string& type) {
    const auto json = [](const std::string& text) { return to_value(model::parse_json(text).value_or(Json::object())); };
    const auto time_or_null = [](const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; };
    const auto id_type = type == "Command" ? std::string{"Command"} : std::string{"StaffCommand"};
    resolvers.of<db::Command>(type)
        .field("id", [id_type](const db::Command& command) { return to_id(id_type, command.id); })
        .field("routerId", [](const db::Command& command) { return to_id("Router", command.router); })
        .field("routerName", &db::Command::router_name)
        .field("kind", &db::Command::kind)
        .field("parameters", [json](const db::Command& command) { return json(command.parameters); })
        .field("state", &db::Command::state)
        .field("progress", [](const db::Command& command) { return Value{command.progress}; })
        .field("detail", &db::Command::detail)
        .field("result", [json](const db::Command& command) { return json(command.result); })
        .field("isByStaff", &db::Command::is_by_staff)
        .field("author",
               [](const db::Command& command) { return command.author.empty() ? Value{} : Value::borrowed(command.author); })
        .field("createdAt", [](const db::Command& command) { return to_date_time(from_unix_ms(command.created_us / 1'000)); })
        .field("expiresAt", [](const db::Command& command) { return to_date_time(command.expires_at); })
        .field("sentAt", [time_or_null](const db::Command& command) { return time_or_null(command.sent_at); })
        .field("finishedAt", [time_or_null](const db::Command& command) { return time_or_null(command.finished_at); });
}

}  // namespace vivi::api
