// What each device was told by DNS: (device, remote address) to name, bounded for each device and in all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/wire/dns.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/name_table.hpp"

namespace vivi::pcapd {

/// How much is remembered at most, and for how long past the TTL: programs connect a while after they asked.
struct AnswerLimits {
    std::size_t answers = 65'536;
    std::size_t answers_of_a_device = 1'024;
    std::size_t devices = 4'096;
    Seconds grace{300};
    Seconds most_ttl{86'400};
};

/// The newest answer for an address wins. At a bound the device's (or everybody's) oldest answer goes.
class AnswerTable {
public:
    AnswerTable(AnswerLimits limits, NameTable& names, HashKey key);

    void learn(Mac device, const wire::dns::Response& response, Instant now);
    /// The name `device` was given for `address`, while TTL and grace last. Not a reference: hold() it to keep it.
    NameId find(Mac device, const Ipv6& address, Instant now) const noexcept;
    /// Whether one of the last answers `device` got, for whatever address, was about `name`: 64 addresses are looked
    /// through, with the last two names of each.
    bool was_told(Mac device, const wire::Name& name, Instant now) const noexcept;
    /// Forgets answers that are over: a bounded number at each call, those learned longest ago first.
    void expire(Instant now);
    std::size_t size() const noexcept { return answers_.size(); }

private:
    struct Key {
        std::array<std::uint8_t, 6> device;
        std::array<std::uint8_t, 16> address;
        bool operator==(const Key&) const = default;
    };
    /// Links of the answers of one device, oldest first.
    struct Answer {
        NameId name = no_name;
        NameId before = no_name;  ///< The name it was the address of before: many share one.
        Instant until{};
        std::uint32_t device = 0, older = 0, newer = 0;
    };
    struct Device {
        std::size_t count = 0;
        std::uint32_t oldest = 0, newest = 0;
    };
    using Answers = BoundedTable<Key, Answer>;
    using Devices = BoundedTable<std::array<std::uint8_t, 6>, Device>;

    void remember(Mac device, const Ipv6& address, NameId name, Instant until);
    void forget(Answers::Slot slot);
    Devices::Slot device_slot(Mac device);
    void link_newest(Answers::Slot slot);
    void unlink(Answers::Slot slot);

    AnswerLimits limits_;
    NameTable& names_;
    Answers answers_;
    Devices devices_;
};

}  // namespace vivi::pcapd
