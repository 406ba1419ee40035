// What the router saw of its policy at work: names asked for, rules that hit, flows that were refused, alarms.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "common/model/streamed.hpp"
#include "common/model/traffic.hpp"

namespace vivi::model {

namespace topic {
inline constexpr std::string_view domain_seen = "domain.seen";                ///< dnsd
inline constexpr std::string_view policy_hit = "policy.hit";                  ///< dnsd, pcapd, bridged (counters of the firewall)
inline constexpr std::string_view flow_denied = "flow.denied";                ///< pcapd → bridged; stays on the router
inline constexpr std::string_view network_foreign_ra = "network.foreign_ra";  ///< pcapd
inline constexpr std::string_view health_firewall = "health.firewall";        ///< bridged
inline constexpr std::string_view health_dns = "health.dns";                  ///< bridged
}  // namespace topic

/// A device asked for a name `queries` times in the tick. Coalesced: one row a (device, name).
struct DomainSeen {
    std::optional<Mac> device{};  ///< Nothing: no device is known at that address.
    std::string name{};
    std::uint64_t queries = 0;
    bool operator==(const DomainSeen&) const = default;
};
struct DomainsSeen {
    Milliseconds tick{};
    std::uint64_t folded = 0;  ///< Queries of rows for which there was no room.
    std::vector<DomainSeen> rows{};
    bool operator==(const DomainsSeen&) const = default;
};

/// A rule decided against something `hits` times in the tick.
struct PolicyHit {
    std::optional<Mac> device{};
    std::string name{};     ///< Empty when it was an address.
    std::string address{};  ///< Empty when it was a name.
    std::string layer{};    ///< policy::to_string(Layer).
    std::string rule{};     ///< policy::Engine::describe().
    std::uint64_t hits = 0;
    bool operator==(const PolicyHit&) const = default;
};
struct PolicyHits {
    Milliseconds tick{};
    std::int64_t revision = 0;  ///< Of the policy that decided.
    std::string by{};           ///< "dnsd", "pcapd", "firewall".
    std::uint64_t folded = 0;
    std::vector<PolicyHit> rows{};
    bool operator==(const PolicyHits&) const = default;
};

/// A flow whose TLS or QUIC name is denied: to be cut by its five-tuple.
struct FlowDenied {
    Mac device{};
    std::uint8_t protocol = 0;  ///< 6 or 17.
    Ipv6 local{}, remote{};     ///< IPv4 mapped.
    std::uint16_t local_port = 0, remote_port = 0;
    std::string name{};
    NameSource source = NameSource::Sni;
    std::string rule{};
    bool operator==(const FlowDenied&) const = default;
};

/// Somebody else announces IPv6 routers on the LAN (RFC 4861 section 4.2): a way around the policy.
struct ForeignRa {
    std::string interface{};
    Mac device{};
    Ipv6 router{};  ///< Source of the advertisement.
    bool operator==(const ForeignRa&) const = default;
};

/// State of a part: "ok", "repaired" (drift was found and undone), "refused" (the kernel refused the ruleset; the old one
/// stands); for DNS "ok", "fallback" (unbound answers), "closed".
struct HealthChange {
    std::string state{};
    std::string detail{};
    bool operator==(const HealthChange&) const = default;
};

/// {"tick_ms","folded","rows":[{"device","name","queries"}]}
Json to_json(const DomainsSeen& seen);
Result<DomainsSeen> parse_domains_seen(const Json& json);
/// {"tick_ms","revision","by","folded","rows":[{"device","name"|"address","layer","rule","hits"}]}
Json to_json(const PolicyHits& hits);
Result<PolicyHits> parse_policy_hits(const Json& json);
/// {"device","protocol","local","local_port","remote","remote_port","name","source","rule"}
Json to_json(const FlowDenied& flow);
Result<FlowDenied> parse_flow_denied(const Json& json);
/// {"interface","device","router"}
Json to_json(const ForeignRa& ra);
Result<ForeignRa> parse_foreign_ra(const Json& json);
/// {"state","detail"}
Json to_json(const HealthChange& change);
Result<HealthChange> parse_health_change(const Json& json);

/// The same as they go by.
inline constexpr std::array<std::string_view, 3> domains_seen_keys{"folded", "rows", "tick_ms"};
inline constexpr std::array<std::string_view, 3> domain_seen_keys{"device", "name", "queries"};
inline constexpr Shape domains_seen_shape{.members = domains_seen_keys, .list = "rows", .row_members = domain_seen_keys};
DomainSeen read_domain_seen(const Members& element, std::size_t index, Problems& problems);
Result<DomainsSeen> streamed_domains_seen(const Members& body, RowsOf<DomainSeen>& rows);

inline constexpr std::array<std::string_view, 5> policy_hits_keys{"by", "folded", "revision", "rows", "tick_ms"};
inline constexpr std::array<std::string_view, 6> policy_hit_keys{"address", "device", "hits", "layer", "name", "rule"};
inline constexpr Shape policy_hits_shape{.members = policy_hits_keys, .list = "rows", .row_members = policy_hit_keys};
PolicyHit read_policy_hit(const Members& element, std::size_t index, Problems& problems);
Result<PolicyHits> streamed_policy_hits(const Members& body, RowsOf<PolicyHit>& rows);

inline constexpr std::array<std::string_view, 3> foreign_ra_keys{"device", "interface", "router"};
inline constexpr Shape foreign_ra_shape{.members = foreign_ra_keys};
Result<ForeignRa> streamed_foreign_ra(const Members& body);
inline constexpr std::array<std::string_view, 2> health_change_keys{"detail", "state"};
inline constexpr Shape health_change_shape{.members = health_change_keys};
Result<HealthChange> streamed_health_change(const Members& body);

}  // namespace vivi::model
