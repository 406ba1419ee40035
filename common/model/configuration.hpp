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
#include "common/model/policy.hpp"

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
    std::string name{};                   ///< "lan"; unique.
    std::string interface{};              ///< "br-lan".
    std::vector<std::string> ports{};     ///< Not empty: `interface` is a bridge that the router makes of these.
    std::optional<std::uint16_t> vlan{};  ///< 802.1Q id on it: the device is then "<interface>.<vlan>".
    Ipv4Prefix address{};                 ///< The router's own address on it, with the prefix length.
    std::optional<Dhcp> dhcp{};
    bool operator==(const Network&) const = default;
};

enum class UplinkMode : std::uint8_t { Dhcp, Static };
struct Uplink {
    std::string interface{};              ///< The interface of a network: one-armed.
    std::optional<std::uint16_t> vlan{};  ///< As of a network.
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
    bool strict = false;  ///< Refuse DoT/DoQ and known DoH, strip `ech`; includes the two below.
    bool block_private_relay =
        false;  ///< mask.icloud.com, mask-h2.icloud.com: the device tells its user. A paid feature: a choice.
    bool block_browser_doh =
        true;  ///< use-application-dns.net answered NXDOMAIN: browsers keep to our DNS unless told otherwise.
    std::vector<std::string> private_names{};  ///< Names (with everything below) that may lead to private addresses in spite of
                                               ///< the rebinding filter.
    bool operator==(const Dns&) const = default;
};

enum class Ipv6Mode : std::uint8_t { Drop, Filter };
struct Firewall {
    bool anti_spoofing = true;       ///< An address leased to another device is dropped.
    bool redirect_dns = true;        ///< Port 53 to anywhere is answered here.
    Ipv6Mode ipv6 = Ipv6Mode::Drop;  ///< Filter: forwarded by the same rules as IPv4.
    bool operator==(const Firewall&) const = default;
};

struct Monitoring {
    Milliseconds tick{10'000};       ///< Between traffic batches when nobody looks.
    Milliseconds watched_tick{250};  ///< When somebody does.
    bool operator==(const Monitoring&) const = default;
};

struct Configuration {
    std::int64_t revision = 0;  ///< Rises by at least one with each decision.
    std::string custody{};
    std::vector<Network> networks{};
    Uplink uplink{};
    Dns dns{};
    Firewall firewall{};
    Policy policy{};
    Monitoring monitoring{};
    std::string contact{};  ///< Whom guests ask about what is blocked: "Desk 3, or +33 1 23 45 67 89"; empty: the organisers.
    bool operator==(const Configuration&) const = default;
};

/// "eth0", or "eth0.20" when it is a VLAN of it.
std::string device_name(const std::string& interface, std::optional<std::uint16_t> vlan);
inline std::string device_name(const Network& network) { return device_name(network.interface, network.vlan); }
inline std::string device_name(const Uplink& uplink) { return device_name(uplink.interface, uplink.vlan); }

/// How the router stands in the network.
enum class Topology : std::uint8_t {
    Inline,          ///< LAN and uplink on interfaces of their own: everything passes.
    RouterOnAStick,  ///< Two VLANs of one interface: everything passes.
    OneArmed,        ///< One device for both: advisory, clients can go around.
};
Topology topology(const Configuration& configuration);

inline constexpr std::size_t max_contact_characters = 120, max_bridge_ports = 16;
inline constexpr std::size_t max_configuration_bytes = 256 * 1024;

Json to_json(const Configuration& configuration);
/// All problems at once, each with its JSON pointer; unknown keys are problems. Checks that pools lie inside their prefix,
/// that names are unique, that the uplink does not overlap a network and that no interface is in two bridges.
std::expected<Configuration, Problems> parse_configuration(const Json& document);

}  // namespace vivi::model
