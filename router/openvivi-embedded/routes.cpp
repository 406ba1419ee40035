// The table of routes and how a path is matched.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/routes.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace vivi::openvivi_embedded {
namespace {

constexpr std::array<Route, 23> table{{
    {Action::Health, Access::Open, "GET", "/v1/health"},
    {Action::System, Access::Open, "GET", "/v1/system"},
    {Action::Nonce, Access::Open, "GET", "/v1/nonce"},
    {Action::HubNote, Access::Open, "POST", "/v1/claim-code"},
    {Action::HubNote, Access::Open, "GET", "/v1/return"},
    {Action::HubNote, Access::Open, "POST", "/v1/return"},
    {Action::HubNote, Access::Open, "DELETE", "/v1/return"},
    {Action::ReadCommand, Access::Open, "GET", "/v1/commands/{id}"},
    {Action::TakeBundle, Access::Open, "PUT", "/v1/update/bundle"},
    {Action::ListServices, Access::Question, "GET", "/v1/services"},
    {Action::ReadLogs, Access::Question, "GET", "/v1/services/{service}/logs"},
    {Action::FollowLogs, Access::Question, "GET", "/v1/services/{service}/logs/stream"},
    {Action::ReadUpdate, Access::Question, "GET", "/v1/update"},
    {Action::CollectLogs, Access::Command, "POST", "/v1/services/{service}/logs"},
    {Action::StartService, Access::Command, "POST", "/v1/services/{service}/start"},
    {Action::StopService, Access::Command, "POST", "/v1/services/{service}/stop"},
    {Action::RestartService, Access::Command, "POST", "/v1/services/{service}/restart"},
    {Action::Reboot, Access::Command, "POST", "/v1/system/reboot"},
    {Action::PowerOff, Access::Command, "POST", "/v1/system/poweroff"},
    {Action::Ping, Access::Command, "POST", "/v1/diagnostics/ping"},
    {Action::Dns, Access::Command, "POST", "/v1/diagnostics/dns"},
    {Action::Throughput, Access::Command, "POST", "/v1/diagnostics/throughput"},
    {Action::Update, Access::Command, "POST", "/v1/update"},
}};

bool is_argument(std::string_view part) {
    constexpr std::string_view marks = "@._-";
    return !part.empty() && part.size() <= 64 && part != "." && part != ".." && std::ranges::all_of(part, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(c);
    });
}

/// The next part of a path, without its slash.
std::string_view take_part(std::string_view& rest) {
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    return part;
}

/// The argument, empty when the path of the table has none; nothing when it is another path.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
    std::string argument;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const auto wanted = take_part(pattern);
        const auto part = take_part(path);
        if (!wanted.starts_with('{')) {
            if (wanted != part) return std::nullopt;
        } else if (is_argument(part)) {
            argument = part;
        } else {
            return std::nullopt;
        }
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return argument;
}

}  // namespace

std::span<const Route> routes() { return table; }

Found find_route(std::string_view method, std::string_view path) {
    Found found;
    for (const auto& route : table) {
        auto argument = match(route.path, path);
        if (!argument) continue;
        if (route.method == method) return {.route = &route, .argument = *std::move(argument)};
        found.allowed.append(found.allowed.empty() ? "" : ", ").append(route.method);
    }
    return found;
}

}  // namespace vivi::openvivi_embedded
