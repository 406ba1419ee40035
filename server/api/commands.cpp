// command, Router.commands, commandRouter, cancelCommand.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/commands.hpp"

#include "server/api/asked_command.hpp"
#include "server/api/connection.hpp"
#include "server/api/events.hpp"
#include "server/api/job_resolvers.hpp"
#include "server/api/step_up.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char commands_list = 'c';
constexpr int most_commands = 100;

struct Commands {
    bool has_previous = false;
    db::CommandPage page{};
};
struct CommandPayload {
    std::optional<db::Command> command{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::Command& command) {
    return to_cursor(commands_list, UuidPlace{.at_us = command.created_us, .id = command.id});
}
Value refused(std::vector<UserError> errors) { return Object::make(CommandPayload{.errors = std::move(errors)}); }
Value refused(UserError error) { return refused(std::vector{std::move(error)}); }

Task<Resolved> command(const Arguments& arguments, Call& call) {
    auto found = co_await find_command(call, arguments.get<std::string>("id"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    co_return *found ? Value{Object::make(std::move((*found)->command))} : Value{};
}

Task<Resolved> of_router(Call& call, const db::Router& router, const Arguments& arguments) {
    const auto place = uuid_place_of(arguments, commands_list, most_commands);
    if (!place) co_return std::unexpected{place.error()};
    db::CommandQuery query{.router = router.id, .first = arguments.get<int>("first")};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::commands(call.services.pool, {router.organisation}, std::move(query));
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Commands{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> command_router(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto found = co_await find_router(call, std::string{input["routerId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused({.code = "NOT_FOUND", .message = "There is no such router.", .field = "routerId"});
    const auto& [tenant, router] = **found;
    if (!may(call, auth::Right::Manage, place_of(router)))
        co_return refused({.code = "FORBIDDEN", .message = "Your role may not command routers.", .field = {}});
    auto asked = co_await asked_command(call, call.services.pool, input);
    if (!asked) co_return std::unexpected{std::move(asked).error()};
    if (!*asked) co_return refused(std::move(*asked).error());
    auto made = **std::move(asked);
    made.router = router.id;
    if (is_dangerous(made.kind)) {
        if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    }
    auto outcome = co_await db::make_command(call.services.pool, tenant, std::move(made));
    if (!outcome) {
        if (auto problem = refusal_of(outcome.error(), "routerId")) co_return refused(*std::move(problem));
        co_return std::unexpected{FieldError{std::move(outcome).error()}};
    }
    if (outcome->is_new) co_await announce_commands(call, router.id, router.organisation);
    co_return Value{Object::make(CommandPayload{.command = std::move(outcome->command)})};
}

Task<Resolved> cancel(const Arguments& arguments, Call& call) {
    const auto found = co_await find_command(call, std::string{arguments["input"].fields()["commandId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused({.code = "NOT_FOUND", .message = "There is no such command.", .field = "commandId"});
    const auto& [tenant, command] = **found;
    if (!may(call, auth::Right::Manage, place_of(command)))
        co_return refused({.code = "FORBIDDEN", .message = "Your role may not cancel commands.", .field = {}});
    auto cancelled = co_await db::cancel_command(call.services.pool, tenant, command.id, actor_of(call));
    if (!cancelled) {
        if (auto problem = refusal_of(cancelled.error(), "commandId")) co_return refused(*std::move(problem));
        co_return std::unexpected{FieldError{std::move(cancelled).error()}};
    }
    co_await announce_commands(call, command.router, command.organisation);
    co_return Value{Object::make(CommandPayload{.command = *std::move(cancelled)})};
}

}  // namespace

auth::Place place_of(const db::Command& command) { return {.organisation = command.organisation, .event = command.event}; }

Task<std::expected<std::optional<FoundCommand>, FieldError>> find_command(Call& call, std::string id) {
    using Found = std::optional<FoundCommand>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Command", id);
    if (!uuid) co_return Found{};
    const auto all = tenants(call, auth::Right::See);
    for (const auto& tenant : all) {
        auto command = co_await db::command(call.services.pool, tenant, *uuid);
        if (command && !may(call, auth::Right::See, place_of(*command))) co_return Found{};
        if (command) co_return Found{FoundCommand{.tenant = tenant, .command = *std::move(command)}};
        if (command.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(command).error()}};
    }
    co_return Found{};
}

void add_commands(graphql::Resolvers& resolvers) {
    using model::CommandKind;
    using model::CommandState;
    resolvers.enumeration<CommandKind>("CommandKind", {{CommandKind::Reboot, "REBOOT"},
                                                       {CommandKind::PowerOff, "POWER_OFF"},
                                                       {CommandKind::StartService, "START_SERVICE"},
                                                       {CommandKind::StopService, "STOP_SERVICE"},
                                                       {CommandKind::RestartService, "RESTART_SERVICE"},
                                                       {CommandKind::UpdateSoftware, "UPDATE_SOFTWARE"},
                                                       {CommandKind::CollectLogs, "COLLECT_LOGS"},
                                                       {CommandKind::Ping, "PING"},
                                                       {CommandKind::Dns, "DNS"},
                                                       {CommandKind::Throughput, "THROUGHPUT"}});
    resolvers.enumeration<CommandState>("CommandState", {{CommandState::Queued, "QUEUED"},
                                                         {CommandState::Sent, "SENT"},
                                                         {CommandState::Running, "RUNNING"},
                                                         {CommandState::Succeeded, "SUCCEEDED"},
                                                         {CommandState::Failed, "FAILED"},
                                                         {CommandState::Expired, "EXPIRED"},
                                                         {CommandState::Cancelled, "CANCELLED"}});
    resolvers.batch("Query", "command", root(command));
    resolvers.batch("Router", "commands", each<db::Router>(of_router));
    resolvers.batch("Mutation", "commandRouter", root(command_router));
    resolvers.batch("Mutation", "cancelCommand", root(cancel));
    add_command_fields(resolvers, "Command");
    add_connection<Commands, db::Command>(resolvers, "Command", cursor_of);
    resolvers.of<CommandPayload>("CommandPayload")
        .field("command", [](const CommandPayload& payload) { return borrowed_or_null(payload.command); })
        .field("errors", [](const CommandPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
