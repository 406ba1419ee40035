// A hash table of fixed size that remembers which entry was used longest ago; after construction it allocates nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "router/pcapd/sip_hash.hpp"

namespace vivi::pcapd {

/// What to do when it is full is the caller's: erase(oldest()), or refuse. Slots are stable until their entry is erased.
template <class Key, class Value>
class BoundedTable {
    static_assert(std::has_unique_object_representations_v<Key>, "a key is hashed as its bytes: it must have no padding");

public:
    using Slot = std::uint32_t;
    static constexpr Slot none = std::numeric_limits<Slot>::max();

    BoundedTable(std::size_t capacity, HashKey key) : hash_{key}, entries_(capacity), buckets_(std::bit_ceil(capacity), none) {
        assert(capacity > 0 && capacity < none);
        free_everything();
    }

    /// The entry of `key`, or `none`. Its age stays.
    Slot find(const Key& key) const noexcept {
        for (auto slot = buckets_[bucket_of(key)]; slot != none; slot = entries_[slot].next) {
            if (entries_[slot].key == key) return slot;
        }
        return none;
    }

    /// A fresh entry, the newest. The key must not be there yet and the table not full.
    Slot insert(const Key& key) {
        assert(!is_full());
        const auto slot = free_;
        auto& entry = entries_[slot];
        free_ = entry.next;
        entry.key = key;
        entry.value = Value{};
        auto& bucket = buckets_[bucket_of(key)];
        entry.next = bucket;
        bucket = slot;
        link_newest(slot);
        ++size_;
        return slot;
    }

    void erase(Slot slot) noexcept {
        auto* link = &buckets_[bucket_of(entries_[slot].key)];
        while (*link != slot) link = &entries_[*link].next;
        *link = entries_[slot].next;
        unlink(slot);
        entries_[slot].next = free_;
        free_ = slot;
        --size_;
    }

    /// Makes it the newest.
    void touch(Slot slot) noexcept {
        if (slot == newest_) return;
        unlink(slot);
        link_newest(slot);
    }

    void clear() noexcept {
        for (auto& bucket : buckets_) bucket = none;
        free_everything();
    }

    const Key& key(Slot slot) const noexcept { return entries_[slot].key; }
    Value& operator[](Slot slot) noexcept { return entries_[slot].value; }
    const Value& operator[](Slot slot) const noexcept { return entries_[slot].value; }

    /// From the one used longest ago to the newest; `none` ends it.
    Slot oldest() const noexcept { return oldest_; }
    Slot newer(Slot slot) const noexcept { return entries_[slot].newer; }

    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return entries_.size(); }
    bool is_full() const noexcept { return free_ == none; }

private:
    struct Entry {
        Key key{};
        Value value{};
        Slot next = none;  ///< In its bucket, or in the list of free entries.
        Slot older = none;
        Slot newer = none;
    };

    std::size_t bucket_of(const Key& key) const noexcept {
        return hash_(std::as_bytes(std::span{&key, 1})) & (buckets_.size() - 1);
    }
    void link_newest(Slot slot) noexcept {
        entries_[slot].older = newest_;
        entries_[slot].newer = none;
        (newest_ == none ? oldest_ : entries_[newest_].newer) = slot;
        newest_ = slot;
    }
    void unlink(Slot slot) noexcept {
        const auto older = entries_[slot].older;
        const auto newer = entries_[slot].newer;
        (older == none ? oldest_ : entries_[older].newer) = newer;
        (newer == none ? newest_ : entries_[newer].older) = older;
    }
    void free_everything() noexcept {
        for (Slot slot = 0; slot < entries_.size(); ++slot) entries_[slot].next = slot + 1 < entries_.size() ? slot + 1 : none;
        free_ = 0;
        oldest_ = newest_ = none;
        size_ = 0;
    }

    SipHash hash_;
    std::vector<Entry> entries_;
    std::vector<Slot> buckets_;
    Slot free_ = none;
    Slot oldest_ = none;
    Slot newest_ = none;
    std::size_t size_ = 0;
};

}  // namespace vivi::pcapd
