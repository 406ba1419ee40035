// GodView's commands: Staff.commands, staffCommandRouter, staffCancelCommand.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/asked_command.hpp"
#include "server/api/connection.hpp"
#include "server/api/events.hpp"
#include "server/api/job_resolvers.hpp"
#include "server/api/step_up.hpp"
#include "server/db/commands.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char commands_list = 'C';
constexpr int most_commands = 100;

struct Commands {
    bool has_previous = false;
    db::CommandPage page{};
};
struct Payload {
    std::optional<db::Command> command{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::Command& command) {
    return to_cursor(commands_list, UuidPlace{.at_us = command.created_us, .id = command.id});
}
Value refused(std::vector<UserError> errors) { return Object::make(Payload{.errors = std::move(errors)}); }
Value refused(UserError error) { return refused(std::vector{std::move(error)}); }

Task<Resolved> commands(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto place = uuid_place_of(arguments, commands_list, most_commands);
    if (!place) co_return std::unexpected{place.error()};
    db::CommandQuery query{.first = arguments.get<int>("first")};
    if (const auto id = arguments.get<std::optional<std::string>>("routerId")) {
        const auto uuid = parse_id("Router", *id);
        if (!uuid) co_return Value{Object::make(Commands{})};
        query.router = *uuid;
    }
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::staff_commands(call.services.staff, std::move(query));
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Commands{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> command_router(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Fleet, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    const auto& input = arguments["input"].fields();
    const auto router = parse_id("Router", input["routerId"].text());
    auto asked = co_await asked_command(call, call.services.staff, input);
    if (!asked) co_return std::unexpected{std::move(asked).error()};
    if (!*asked) co_return refused(std::move(*asked).error());
    auto made = **std::move(asked);
    Result<db::MadeCommand> outcome = failed(Code::NotFound, "no such router");
    if (router) {
        made.router = *router;
        outcome = co_await db::make_staff_command(call.services.staff, std::move(made));
    }
    if (!outcome) {
        if (auto problem = refusal_of(outcome.error(), "routerId")) co_return refused(*std::move(problem));
        co_return std::unexpected{FieldError{std::move(outcome).error()}};
    }
    if (outcome->is_new) co_await announce_commands(call, outcome->command.router, outcome->command.organisation);
    co_return Value{Object::make(Payload{.command = std::move(outcome->command)})};
}

Task<Resolved> cancel(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Fleet, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto given = arguments["input"].fields()["commandId"].text();
    auto id = parse_id("StaffCommand", given);
    if (!id) id = parse_id("Command", given);  // As the organisation sees it.
    Result<db::Command> cancelled = failed(Code::NotFound, "no such command");
    if (id) cancelled = co_await db::cancel_staff_command(call.services.staff, *id, actor_of(call));
    if (!cancelled) {
        if (auto problem = refusal_of(cancelled.error(), "commandId")) co_return refused(*std::move(problem));
        co_return std::unexpected{FieldError{std::move(cancelled).error()}};
    }
    co_await announce_commands(call, cancelled->router, cancelled->organisation);
    co_return Value{Object::make(Payload{.command = *std::move(cancelled)})};
}

}  // namespace

void add_staff_commands(graphql::Resolvers& resolvers) {
    resolvers.batch("Staff", "commands", root(commands));
    resolvers.batch("Mutation", "staffCommandRouter", root(command_router));
    resolvers.batch("Mutation", "staffCancelCommand", root(cancel));
    add_command_fields(resolvers, "StaffCommand");
    add_connection<Commands, db::Command>(resolvers, "StaffCommand", cursor_of);
    resolvers.of<Payload>("StaffCommandPayload")
        .field("command", [](const Payload& payload) { return borrowed_or_null(payload.command); })
        .field("errors", [](const Payload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
