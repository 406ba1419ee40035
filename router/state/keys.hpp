// Every key of the router's Redis: its type, the one daemon that writes it, how long it lives and in which instance.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vivi::state {

/// Two servers, because they promise different things. State: append-only, fsync always. Stream: append-only, every second.
enum class Instance : std::uint8_t { State, Stream };
enum class Type : std::uint8_t { Text, Hash, Stream };

/// A noun. Nobody but `writer` changes it; everybody may read it.
struct Key {
    std::string_view name;
    Type type;
    Instance instance;
    std::string_view writer;    ///< The daemon, without "vivi-".
    std::string_view lifetime;  ///< When it, or what is in it, goes away.

    std::string text() const { return std::string{name}; }
};

namespace key {
/// The configuration document in force (docs/protocol.md section 5).
inline constexpr Key config{"vivi:config", Type::Text, Instance::State, "bridged", "for ever; replaced by each revision"};
/// Field: address (unique, as a MAC is not: two client identifiers, two leases); value: model::Lease as JSON.
inline constexpr Key leases{"vivi:leases", Type::Hash, Instance::State, "dhcpd",
                            "a field until its lease is released or expired"};
/// What could not be restored from `leases` at a start, field and value as they were.
inline constexpr Key leases_unreadable{"vivi:leases:unreadable", Type::Hash, Instance::State, "dhcpd",
                                       "until a person removes it"};
/// Which text of carried leases (Configuration::carried_leases, its SHA-256) is among `leases` already.
inline constexpr Key leases_carried{"vivi:leases:carried", Type::Text, Instance::State, "dhcpd",
                                    "for ever; replaced by the next"};
/// Lease events in the MULTI of the lease they announce: fields `topic`, `body`.
inline constexpr Key dhcpd_events{"vivi:events:dhcpd", Type::Stream, Instance::State, "dhcpd",
                                  "an entry until bridged trims it or 200,000 newer ones are there"};
/// Present while somebody looks at this router.
inline constexpr Key watch{"vivi:watch", Type::Text, Instance::State, "bridged", "expires"};
/// Events on their way to the hub: id `<sequence>-0`; fields `e` epoch, `t` topic, `b` body.
inline constexpr Key outbox{"vivi:outbox", Type::Stream, Instance::Stream, "bridged", "an entry until the hub acknowledged it"};
/// `epoch`, `boot_id`, `sequence`.
inline constexpr Key outbox_state{"vivi:outbox:state", Type::Hash, Instance::Stream, "bridged", "for ever"};
/// Field: producer instance; value: the highest number appended.
inline constexpr Key outbox_producers{"vivi:outbox:producers", Type::Hash, Instance::Stream, "bridged", "the epoch"};
/// How far events may have been given to a hub, acknowledged or not: what is below is never merged or dropped. In `state`, where
/// a write that was answered is not lost with the power.
inline constexpr Key outbox_offered{"vivi:outbox:offered", Type::Text, Instance::State, "bridged", "for ever"};
}  // namespace key

inline constexpr std::array all_keys{
    key::config, key::leases, key::leases_unreadable, key::leases_carried,   key::dhcpd_events,
    key::watch,  key::outbox, key::outbox_state,      key::outbox_producers, key::outbox_offered};

/// `vivi:events:dhcpd` keeps about this many entries when bridged is away (XADD MAXLEN ~).
inline constexpr std::int64_t most_dhcpd_events = 200'000;

}  // namespace vivi::state
