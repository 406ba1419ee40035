// The paths of the embedded API: which exist, with which methods, and who may ask. docs/embedded_api.yaml describes the same.
// Pure. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vivi::openvivi_embedded {

enum class Action : std::uint8_t {
    Health,
    System,
    Nonce,
    HubNote,  ///< hub_notes.hpp: whose the router is; answered there.
    ReadCommand,
    ListServices,
    ReadLogs,
    FollowLogs,
    ReadUpdate,
    TakeBundle,
    StartService,
    StopService,
    RestartService,
    CollectLogs,
    Reboot,
    PowerOff,
    Ping,
    Dns,
    Throughput,
    Update,
};

enum class Access : std::uint8_t {
    Open,      ///< Whoever reaches the socket: it tells nothing of people and changes nothing.
    Question,  ///< A token, once.
    Command,   ///< A token with the command's id; carried out once.
};

struct Route {
    Action action = Action::Health;
    Access access = Access::Command;
    std::string_view method{};
    std::string_view path{};  ///< "{…}" stands for one part.
};

std::span<const Route> routes();

/// Where a request goes.
struct Found {
    const Route* route = nullptr;  ///< None: 404, or 405 when `allowed` names methods.
    std::string argument{};        ///< What stood for "{…}": 1 to 64 letters, digits, '@', '.', '_' or '-', and not "." or "..".
    std::string allowed{};         ///< "GET, POST"
};
/// `path` without its query, as in the request line: an escape (%2e) is no letter of an argument, so it is not found.
Found find_route(std::string_view method, std::string_view path);

}  // namespace vivi::openvivi_embedded
