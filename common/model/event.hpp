// The envelope of every event on the router bus, and the topics it may have.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::model {

using Json = nlohmann::json;

/// Who produced an event: a process start (random id) and a number that rises by one with each event of that start.
/// The outbox drops what it already has by this pair, and reports a number that is missing.
struct Producer {
    std::string instance{};
    std::uint64_t number = 0;
    bool operator==(const Producer&) const = default;
};

/// {"v":1,"at":<unix ms>,"from":{"instance":"…","number":7}, …the event's own members}
struct Envelope {
    WallTime at{};
    Producer from{};
};

namespace topic {
inline constexpr std::string_view lease_granted = "dhcp.lease.granted";
inline constexpr std::string_view lease_renewed = "dhcp.lease.renewed";
inline constexpr std::string_view lease_released = "dhcp.lease.released";
inline constexpr std::string_view lease_expired = "dhcp.lease.expired";
inline constexpr std::string_view lease_declined = "dhcp.lease.declined";
inline constexpr std::string_view dhcp_conflict = "dhcp.conflict";
inline constexpr std::string_view dhcp_pool = "dhcp.pool";
inline constexpr std::string_view dhcp_rogue = "dhcp.rogue";
inline constexpr std::string_view traffic_batch = "traffic.batch";
inline constexpr std::string_view config_changed = "config.changed";
inline constexpr std::string_view policy_changed = "policy.changed";  ///< The same revision, another moment of its schedules.
inline constexpr std::string_view config_applied = "config.applied";
inline constexpr std::string_view config_failed = "config.failed";
inline constexpr std::string_view watch_changed = "watch.changed";
inline constexpr std::string_view sync_gap = "sync.gap";
}  // namespace topic

/// An object with the envelope's members, to which the event's own are added.
Json to_json(const Envelope& envelope);
/// Invalid when it is not an object, not version 1, or a member is missing or of the wrong type.
Result<Envelope> parse_envelope(const Json& body);

inline constexpr int deepest_json = 32;
inline constexpr std::size_t most_json_bytes = 1 << 20;
/// Parses untrusted JSON text: Invalid for bad JSON, more than `most_bytes`, or nesting deeper than `deepest_json`.
Result<Json> parse_json(std::string_view text, std::size_t most_bytes = most_json_bytes);

}  // namespace vivi::model
