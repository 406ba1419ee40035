// The configuration document of one router: what the server decided, one revision at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "common/model/fields.hpp"

namespace vivi::model {

/// A fixed address or name for one device.
struct Reservation {
    Mac device{};
    std::optional<Ipv4> address{};  ///< Absent: only the name is fixed.
    std::string hostname{};
    bool operator==(const Reservation&) const = default;
};

struct Dhcp {
    Ipv4 from{}, to{};  ///< The pool, both included.
    Seconds lease{3600};
    std::vector<Ipv4> dns{};  ///< Option 6; empty: the router itself.
    std::vector<Ipv4> ntp{};  ///< Option 42.
    std::string domain{"lan"};
    std::vector<Reservation> reservations{};
    bool operator==(const Dhcp&) const = default;
};

struct Network {
    std::string name{};       ///< "lan"; unique.
    std::string interface{};  ///< "br-lan", or a VLAN of one.
    Ipv4Prefix address{};     ///< The router's own address on it, with the prefix length.
    std::optional<Dhcp> dhcp{};
    bool operator==(const Network&) const = default;
};

enum class UplinkMode : std::uint8_t { Dhcp, Static };
struct Uplink {
    std::string interface{};
    UplinkMode mode = UplinkMode::Dhcp;
    std::optional<Ipv4Prefix> address{};  ///< Static only.
    std::optional<Ipv4> gateway{};        ///< Static only.
    bool masquerade = true;
    bool operator==(const Uplink&) const = default;
};

enum class BlockAnswer : std::uint8_t { Nxdomain, Null, Page };
struct Dns {
    std::vector<std::string> upstream{};  ///< "10.0.0.53"; empty: unbound resolves from the root.
    BlockAnswer block_answer = BlockAnswer::Nxdomain;
    bool strict = false;  ///< Refuse DoT/DoQ, known DoH, strip ech.
    bool operator==(const Dns&) const = default;
};

enum class Decision : std::uint8_t { Allow, Deny };
enum class Mode : std::uint8_t { BlockListed, AllowListed };
enum class NewDevices : std::uint8_t { Allow, Ask, Deny };

struct DeviceRule {
    Mac device{};
    Decision decision = Decision::Deny;
    std::string reason{};
    std::optional<WallTime> until{};
    bool operator==(const DeviceRule&) const = default;
};

/// A name (exact) or a suffix ("*.example.org" in the document) with a decision.
struct DomainRule {
    std::string domain{};
    bool subdomains = true;
    Decision decision = Decision::Deny;
    bool operator==(const DomainRule&) const = default;
};

struct AddressRule {
    std::string prefix{};  ///< IPv4 or IPv6 prefix, text form.
    std::optional<std::uint16_t> port{};
    Decision decision = Decision::Deny;
    bool operator==(const AddressRule&) const = default;
};

struct Policy {
    Mode mode = Mode::BlockListed;
    NewDevices new_devices = NewDevices::Allow;
    std::vector<DeviceRule> devices{};
    std::vector<DomainRule> domains{};
    std::vector<AddressRule> addresses{};
    std::vector<std::string> denied_categories{};
    std::vector<std::string> denied_services{};
    std::vector<Mac> protected_devices{};
    bool operator==(const Policy&) const = default;
};

struct Monitoring {
    Milliseconds tick{10'000};         ///< Between traffic batches when nobody looks.
    Milliseconds watched_tick{250};    ///< When somebody does.
    bool operator==(const Monitoring&) const = default;
};

struct Configuration {
    std::int64_t revision = 0;  ///< Rises by at least one with each decision.
    std::string custody{};
    std::vector<Network> networks{};
    Uplink uplink{};
    Dns dns{};
    Policy policy{};
    Monitoring monitoring{};
    bool operator==(const Configuration&) const = default;
};

inline constexpr std::size_t max_configuration_bytes = 256 * 1024;

Json to_json(const Configuration& configuration);
/// All problems at once, each with its JSON pointer; unknown keys are problems. Checks that pools lie inside their prefix,
/// that names are unique and that the uplink does not overlap a network.
std::expected<Configuration, Problems> parse_configuration(const Json& document);

}  // namespace vivi::model
