// Commands to routers: their kinds, the states they go through, the request that each is, and what a router reports of one. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "common/model/event.hpp"
#include "common/model/fields.hpp"

namespace vivi::model {

enum class CommandKind : std::uint8_t {
    Reboot,
    PowerOff,
    StartService,
    StopService,
    RestartService,
    UpdateSoftware,
    CollectLogs,
    Ping,
    Dns,
    Throughput,
};
/// "restart_service", as the column has it.
std::string_view to_string(CommandKind kind) noexcept;
std::optional<CommandKind> parse_command_kind(std::string_view text) noexcept;
/// The router is not the same after it: it never begins before an older one of these is over. The others only look.
bool changes_router(CommandKind kind) noexcept;

enum class CommandState : std::uint8_t {
    Queued,     ///< Waits for the router, for a nonce, for a token.
    Sent,       ///< It is with the router, or on its way: whether it was taken is not known.
    Running,    ///< The router took it.
    Succeeded,  ///< This and what follows is the end.
    Failed,
    Expired,    ///< Its time was over before the router took it.
    Cancelled,  ///< Somebody took it back, or the router was returned.
};
std::string_view to_string(CommandState state) noexcept;
std::optional<CommandState> parse_command_state(std::string_view text) noexcept;
bool is_over(CommandState state) noexcept;
/// Which change of state there is; PostgreSQL refuses the others too (trigger command_moves).
bool may_become(CommandState from, CommandState to) noexcept;

/// What is sent to the embedded API (docs/protocol.md section 7). The hub sends it and vivi-server signs it: each makes it by
/// itself.
struct CommandRequest {
    std::string method{};
    std::string target{};
    std::string body{};
    bool operator==(const CommandRequest&) const = default;
};
/// The request of a command with these parameters; with defaults for what is left out. Every problem with its JSON pointer.
std::expected<CommandRequest, Problems> command_request(CommandKind kind, const Json& parameters);

/// What the router says of a command.
struct CommandReport {
    CommandState state = CommandState::Running;  ///< Running, Succeeded or Failed.
    std::optional<int> progress{};               ///< Percent.
    std::string detail{};                        ///< For people.
    Json result = Json::object();
    std::optional<std::uint64_t> upload_offset{};  ///< It waits for bytes of its bundle, from here on.
};
/// Invalid when it is not the document of `command`.
Result<CommandReport> parse_command_report(std::string_view body, std::string_view command);

}  // namespace vivi::model
