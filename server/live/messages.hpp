// The messages of the server bus, made and read in one place (docs/protocol.md section 6).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"

namespace vivi::live {

/// router.<id>.changed: something a viewer can see.
struct Changed {
    std::string router{};
    std::string organisation{};
    std::int64_t revision = 0;
    std::vector<std::string> kinds{};  ///< Of {"devices", "traffic", "status", "alarms"}.
    bool operator==(const Changed&) const = default;
};
bus::Message to_message(const Changed& changed);
std::optional<Changed> parse_changed(const bus::Message& message);

/// router.<id>.desired: the hub reads the configuration from PostgreSQL.
struct Desired {
    std::string router{};
    std::int64_t revision = 0;
    bool operator==(const Desired&) const = default;
};
bus::Message to_message(const Desired& desired);
std::optional<Desired> parse_desired(const bus::Message& message);

/// router.<id>.watch: somebody looks for that long.
struct Watched {
    std::string router{};
    Seconds duration{};
    bool operator==(const Watched&) const = default;
};
bus::Message to_message(const Watched& watched);
std::optional<Watched> parse_watched(const bus::Message& message);

/// router.<id>.commands: the hub reads the router's commands from PostgreSQL.
struct Commanded {
    std::string router{};
    bool operator==(const Commanded&) const = default;
};
bus::Message to_message(const Commanded& commanded);
std::optional<Commanded> parse_commanded(const bus::Message& message);

/// command.<id>.signing: a command has a nonce; whoever holds the command key looks into PostgreSQL.
bus::Message signing_message(const std::string& command);

/// What the hub that has a router binds: its wake-ups, and nobody else's.
std::vector<std::string> topics_for_hub(const std::string& router);

/// Patterns to subscribe with.
inline constexpr const char* changed_pattern = "router.*.changed";
inline constexpr const char* desired_pattern = "router.*.desired";
inline constexpr const char* watch_pattern = "router.*.watch";
inline constexpr const char* signing_pattern = "command.*.signing";

/// The key in Redis that lasts as long as somebody looks.
std::string watch_key(const std::string& router);

}  // namespace vivi::live
