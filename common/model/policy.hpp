// The policy: what an organiser decided about devices, names and addresses. The part of a configuration that a profile carries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "common/model/fields.hpp"

namespace vivi::model {

enum class Decision : std::uint8_t { Allow, Deny };
enum class Mode : std::uint8_t { BlockListed, AllowListed };
enum class NewDevices : std::uint8_t { Allow, Ask, Deny };
enum class Transport : std::uint8_t { Any, Tcp, Udp };

/// "allow", "deny"; "block-listed", "allow-listed"; "allow", "ask", "deny"; "any", "tcp", "udp".
std::string_view to_string(Decision decision) noexcept;
std::string_view to_string(Mode mode) noexcept;
std::string_view to_string(NewDevices new_devices) noexcept;
std::string_view to_string(Transport transport) noexcept;

/// To whom, and when, a rule applies: at most one of device and group (neither: everybody at the event), and every condition of
/// time must hold.
struct Scope {
    std::optional<Mac> device{};
    std::string group{};              ///< Name of a Group; empty: no group.
    std::string schedule{};           ///< Name of a Schedule; empty: always.
    std::optional<WallTime> until{};  ///< A temporary exception: from this moment on the rule is over.
    bool operator==(const Scope&) const = default;
};

/// Devices that are treated alike.
struct Group {
    std::string name{};          ///< Unique; 1 to 63 characters.
    std::vector<Mac> devices{};  ///< A device is in at most one group.
    std::optional<Mode> mode{};  ///< Absent: the policy's.
    bool operator==(const Group&) const = default;
};

/// One span of the day. With `to` not after `from` it crosses midnight and ends on the next day; equal: 24 hours.
struct Window {
    std::vector<std::chrono::weekday> days{};  ///< On which it begins, "mon" … "sun"; empty: every day.
    std::chrono::minutes from{};               ///< Since local midnight, "22:00".
    std::chrono::minutes to{};
    bool operator==(const Window&) const = default;
};

/// Holds while one of its windows (none: always) and one of its phases (none: always) hold, by the policy's time zone.
struct Schedule {
    std::string name{};
    std::vector<Window> windows{};
    std::vector<std::string> phases{};  ///< Names of Phases.
    bool operator==(const Schedule&) const = default;
};

/// A part of the event: set-up, doors open, show. May overlap another.
struct Phase {
    std::string name{};
    WallTime from{}, to{};  ///< [from, to)
    bool operator==(const Phase&) const = default;
};

/// Deny: a ban. Allow: admitted, whatever `new_devices` says. The scope has no device or group of its own.
struct DeviceRule {
    Mac device{};
    Decision decision = Decision::Deny;
    std::string reason{};
    std::string schedule{};
    std::optional<WallTime> until{};
    bool operator==(const DeviceRule&) const = default;
};

/// A name, and unless `subdomains` is false everything below it.
struct DomainRule {
    std::string domain{};  ///< Normalised: lower-case A-labels, no final dot.
    bool subdomains = true;
    Decision decision = Decision::Deny;
    Scope scope{};
    std::string reason{};
    bool operator==(const DomainRule&) const = default;
};

struct AddressRule {
    IpPrefix prefix{};
    Transport transport = Transport::Any;
    std::optional<std::uint16_t> port{};  ///< Of the remote side.
    Decision decision = Decision::Deny;
    Scope scope{};
    std::string reason{};
    bool operator==(const AddressRule&) const = default;
};

/// All names of a category of the shared list ("pornography").
struct CategoryRule {
    std::string category{};
    Decision decision = Decision::Deny;
    Scope scope{};
    bool operator==(const CategoryRule&) const = default;
};

/// All names of a service ("youtube"). Decides in the layer of its scope, like a DomainRule.
struct ServiceRule {
    std::string service{};
    Decision decision = Decision::Deny;
    Scope scope{};
    bool operator==(const ServiceRule&) const = default;
};

/// All names of an imported list. The document names the list's content; the text travels beside it.
struct ListRule {
    std::string list{};    ///< What the organiser calls it; unique.
    std::string sha256{};  ///< Of the list's text: 64 hexadecimal digits.
    std::string format{};  ///< common/policy/list.hpp: "hosts", "domains", "adguard", "dnsmasq", "rpz", "ut1", "v2fly".
    Decision decision = Decision::Deny;
    Scope scope{};
    bool operator==(const ListRule&) const = default;
};

/// How fast what it covers may be; 0 kbit/s: no limit in that direction. Covers its device, its group, or everybody.
struct RateLimit {
    std::optional<Mac> device{};
    std::string group{};
    bool each_device = true;  ///< True: that much for each device. False: for all it covers together.
    std::uint32_t up_kbit = 0;
    std::uint32_t down_kbit = 0;
    bool operator==(const RateLimit&) const = default;
};

/// What policy::effective() remembers of the document it was made from. Not in the JSON; empty in a document.
struct Origin {
    std::vector<Mac> own_views{};  ///< Devices with rules of their own in the document.
    /// By position here, the position in the document; empty: the same one.
    std::vector<std::uint32_t> devices{}, domains{}, addresses{}, categories{}, services{}, lists{};
    bool operator==(const Origin&) const = default;
};

struct Policy {
    Mode mode = Mode::BlockListed;
    NewDevices new_devices = NewDevices::Allow;
    std::string time_zone{"UTC"};  ///< IANA name, "Europe/Paris"; for the windows of schedules.
    std::vector<Group> groups{};
    std::vector<Phase> phases{};
    std::vector<Schedule> schedules{};
    std::vector<DeviceRule> devices{};
    std::vector<DomainRule> domains{};
    std::vector<AddressRule> addresses{};
    std::vector<CategoryRule> categories{};
    std::vector<ServiceRule> services{};
    std::vector<ListRule> lists{};
    std::vector<RateLimit> limits{};
    std::vector<Mac> protected_devices{};  ///< Stage, payment, staff: nothing denies or slows them.
    std::vector<std::string>
        never_blocked{};  ///< Names (with everything below) of the dashboard and the hub; no rule blocks them.
    Origin origin{};
    bool operator==(const Policy&) const = default;
};

/// {"mode","new_devices","time_zone","groups":[{"name","devices","mode"}],"phases":[{"name","from","to"}],
///  "schedules":[{"name","windows":[{"days","from","to"}],"phases"}],"devices":[{"device","decision","reason","schedule","until"}],
///  "domains":[{"domain","subdomains","decision","device"|"group","schedule","until","reason"}],"addresses":[{"prefix","transport",
///  "port",…}],"categories":[{"category",…}],"services":[{"service",…}],"lists":[{"list","sha256","format",…}],
///  "limits":[{"device"|"group","each_device","up_kbit","down_kbit"}],"protected_devices","never_blocked"}; members at their
///  default
/// are left out of rules, so that the text is short and stable.
Json to_json(const Policy& policy);

/// Reads the members of `json` (at `pointer`) and adds every problem; names are normalised on the way. Checks that names of
/// groups, phases, schedules and lists are unique and that every one referred to exists.
Policy parse_policy(const Json& json, const std::string& pointer, Problems& problems);

}  // namespace vivi::model
