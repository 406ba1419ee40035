// A small cache of upstreams' answers, as they came: what a device hears of them is decided each time. Fixed size, no clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"
#include "common/wire/dns_message.hpp"
#include "router/dnsd/flight.hpp"

namespace vivi::dnsd {

/// unbound behind has the real cache; this one spares the way there (two system calls and two copies a query) for what a venue
/// asks all the time. So it keeps little and not for long: answers up to `most_bytes`, for their TTL and at most `most_age`. Two
/// places a hash: a newcomer takes that of itself, or of the one that is over sooner. The hash is keyed (KeyedHash), so nobody
/// can choose whom it replaces.
class AnswerCache {
public:
    static constexpr std::size_t most_bytes = 1232;
    static constexpr Seconds most_age{60};

    /// `entries` is rounded up to a power of two, at least 2; 0: nothing is kept.
    explicit AnswerCache(std::size_t entries);

    /// Keeps `message`, an upstream's whole and usable answer to `key`, if it may be: NOERROR with answers for their smallest TTL
    /// (RFC 2181 section 8), NXDOMAIN and NODATA with a SOA for the smaller of its TTL and MINIMUM (RFC 2308 section 5). TTL 0 is
    /// for one client only.
    void keep(std::uint64_t hash, const FlightKey& key, const wire::dns::Message& message, Instant now);

    /// The answer with every TTL less by its age (RFC 1035 section 4.1.3: it counts down), written into `room`; empty when there
    /// is none that still holds.
    BytesView find(std::uint64_t hash, const FlightKey& key, Instant now, Bytes& room) const;

    /// Other upstreams may say otherwise.
    void clear() noexcept;
    std::size_t size() const noexcept;

private:
    struct Entry {
        FlightKey key{};
        Bytes bytes{};
        std::vector<std::uint16_t> ttl_places{};  ///< Of every record but OPT.
        Instant kept_at{};
        Instant until{};  ///< Not after kept_at: empty.
    };
    std::size_t pair_of(std::uint64_t hash) const noexcept { return hash & (entries_.size() - 2); }
    std::vector<Entry> entries_;
};

}  // namespace vivi::dnsd
