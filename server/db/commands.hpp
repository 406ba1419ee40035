// Commands as people make and see them: of an organisation's members to its routers, and of Vivi's staff to any.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/command.hpp"
#include "server/db/events.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct Command {
    std::string id{};
    std::string organisation{};
    std::string router{};
    std::string router_name{};
    std::string event{};  ///< Of the router now; empty: none.
    model::CommandKind kind{};
    model::CommandState state{};
    std::string parameters{};       ///< JSON text
    std::optional<int> progress{};  ///< Percent.
    std::string detail{};           ///< For people: why it failed, what it is doing.
    std::string result{};           ///< JSON text
    bool is_by_staff = false;
    std::string author{};  ///< Name; empty: not known here.
    std::int64_t created_us = 0;
    WallTime expires_at{};
    std::optional<WallTime> sent_at{}, finished_at{};
};

/// Bounds of what one router waits for.
inline constexpr int most_open_commands = 50;

struct NewCommand {
    std::string router{};
    model::CommandKind kind{};
    std::string parameters = "{}";  ///< JSON text that model::command_request() accepts.
    std::string key{};              ///< The same again is the same command; 1 to 100 characters.
    Seconds lifetime{3600};         ///< Not begun by then, it has expired.
    Actor actor{};
};
struct MadeCommand {
    Command command{};
    bool is_new = false;
};
/// Queues it, with its audit row. A key that the router's commands have already gives the command of that key and makes none;
/// Conflict when that one is something else. NotFound: no such router here. Overflow: 50 are open.
Task<Result<MadeCommand>> make_command(Pool& pool, Tenant tenant, NewCommand made);
/// The same for any accepted router, through a pool of vivi_staff; the organisation's audit log says so.
Task<Result<MadeCommand>> make_staff_command(Pool& staff, NewCommand made);

struct CommandQuery {
    std::string router{};                    ///< uuid; empty: of every router.
    std::optional<std::int64_t> after_us{};  ///< With `after_id`: behind this command.
    std::string after_id{};
    int first = 50;
};
struct CommandPage {
    std::vector<Command> rows{};  ///< The newest first.
    bool has_next = false;
};
Task<Result<CommandPage>> commands(Pool& pool, Tenant tenant, CommandQuery query);
Task<Result<CommandPage>> staff_commands(Pool& staff, CommandQuery query);

/// NotFound also when another organisation has it.
Task<Result<Command>> command(Pool& pool, Tenant tenant, std::string id);

/// Takes it back. Conflict: it is with the router already, or over. NotFound.
Task<Result<Command>> cancel_command(Pool& pool, Tenant tenant, std::string id, Actor actor);
/// The same of commands that staff made.
Task<Result<Command>> cancel_staff_command(Pool& staff, std::string id, Actor actor);

}  // namespace vivi::db
