// Buckets of names with counted references.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/name_table.hpp"

#include <bit>
#include <cassert>

namespace vivi::pcapd {

NameTable::NameTable(std::size_t capacity, HashKey key)
    : hash_{key}, entries_(capacity), buckets_(std::bit_ceil(capacity), no_name) {
    assert(capacity > 0 && capacity < no_name);
    for (NameId id = 0; id + 1 < capacity; ++id) entries_[id].next = id + 1;
}

std::size_t NameTable::bucket_of(std::string_view text) const noexcept { return hash_(as_bytes(text)) & (buckets_.size() - 1); }

NameId NameTable::find(const wire::Name& name) const noexcept {
    if (name.empty()) return no_name;
    auto id = buckets_[bucket_of(name.text())];
    while (id != no_name && entries_[id].name != name) id = entries_[id].next;
    return id;
}

NameId NameTable::acquire(const wire::Name& name) {
    if (name.empty()) return no_name;
    auto& bucket = buckets_[bucket_of(name.text())];
    for (auto id = bucket; id != no_name; id = entries_[id].next) {
        if (entries_[id].name == name) return hold(id);
    }
    if (free_ == no_name) {
        ++refused_;
        return no_name;
    }
    const auto id = free_;
    auto& entry = entries_[id];
    free_ = entry.next;
    entry.name = name;
    entry.references = 1;
    entry.next = bucket;
    bucket = id;
    ++size_;
    return id;
}

NameId NameTable::hold(NameId id) noexcept {
    if (id != no_name) ++entries_[id].references;
    return id;
}

void NameTable::release(NameId id) noexcept {
    if (id == no_name) return;
    auto& entry = entries_[id];
    assert(entry.references > 0);
    if (--entry.references > 0) return;
    auto* link = &buckets_[bucket_of(entry.name.text())];
    while (*link != id) link = &entries_[*link].next;
    *link = entry.next;
    entry.next = free_;
    free_ = id;
    --size_;
}

std::string_view NameTable::text(NameId id) const noexcept {
    return id == no_name ? std::string_view{} : entries_[id].name.text();
}

}  // namespace vivi::pcapd
