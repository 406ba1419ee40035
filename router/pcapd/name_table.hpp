// Every name that is in use, stored once, in slots of fixed size, for as long as something refers to it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "common/wire/name.hpp"
#include "router/pcapd/sip_hash.hpp"

namespace vivi::pcapd {

/// A name as a small number; `no_name` is the empty one and is never counted.
using NameId = std::uint32_t;
inline constexpr NameId no_name = std::numeric_limits<NameId>::max();

/// References are counted by hand (`hold`, `release`): the tables that hold them are arrays whose entries are reused.
class NameTable {
public:
    NameTable(std::size_t capacity, HashKey key);

    /// One reference to `name`, stored now if it was not yet; `no_name` when it is empty or the table is full (counted in
    /// refused()).
    NameId acquire(const wire::Name& name);
    /// The name's number if it is stored; no reference.
    NameId find(const wire::Name& name) const noexcept;
    /// One reference more.
    NameId hold(NameId id) noexcept;
    void release(NameId id) noexcept;

    std::string_view text(NameId id) const noexcept;
    std::size_t size() const noexcept { return size_; }
    std::uint64_t refused() const noexcept { return refused_; }

private:
    struct Entry {
        wire::Name name{};
        std::uint32_t references = 0;
        NameId next = no_name;  ///< In its bucket, or in the list of free entries.
    };

    std::size_t bucket_of(std::string_view text) const noexcept;

    SipHash hash_;
    std::vector<Entry> entries_;
    std::vector<NameId> buckets_;
    NameId free_ = 0;
    std::size_t size_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace vivi::pcapd
