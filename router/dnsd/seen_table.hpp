// Rows of one tick, (device, name) and a count each, bounded: what becomes domain.seen and policy.hit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "router/dnsd/keyed_hash.hpp"

namespace vivi::dnsd {

/// Counts what is the same in device, name and kind together. Allocates nothing but for a row whose name did not fit in what
/// earlier ticks needed.
class SeenTable {
public:
    SeenTable(std::size_t rows, KeyedHash hash) : hash_{hash}, index_(std::bit_ceil(rows * 2), none), capacity_{rows} {
        rows_.reserve(rows);
    }

    struct Row {
        std::optional<Mac> device{};
        std::uint64_t kind = 0;
        std::uint64_t count = 0;
        std::uint64_t hash = 0;
        std::uint32_t name_at = 0, name_size = 0;
    };

    /// The row's index when it is new, so that the caller can keep something beside it; nothing when it was there, or there is
    /// no room (then it is folded).
    std::optional<std::size_t> count(const std::optional<Mac>& device, std::string_view name, std::uint64_t kind) {
        const auto hash = hash_(as_bytes(name), kind ^ key_of(device));
        auto at = hash & (index_.size() - 1);
        for (; index_[at] != none; at = (at + 1) & (index_.size() - 1)) {
            auto& row = rows_[index_[at]];
            if (row.hash != hash || row.kind != kind || row.device != device || this->name(row) != name) continue;
            ++row.count;
            return std::nullopt;
        }
        if (rows_.size() == capacity_) {
            ++folded_;
            return std::nullopt;
        }
        index_[at] = static_cast<std::uint32_t>(rows_.size());
        rows_.push_back({.device = device,
                         .kind = kind,
                         .count = 1,
                         .hash = hash,
                         .name_at = static_cast<std::uint32_t>(names_.size()),
                         .name_size = static_cast<std::uint32_t>(name.size())});
        names_ += name;
        return rows_.size() - 1;
    }

    std::span<const Row> rows() const noexcept { return rows_; }
    std::string_view name(const Row& row) const noexcept { return std::string_view{names_}.substr(row.name_at, row.name_size); }
    std::uint64_t folded() const noexcept { return folded_; }
    void clear() noexcept {
        for (auto& slot : index_) slot = none;
        rows_.clear();
        names_.clear();
        folded_ = 0;
    }

private:
    static constexpr std::uint32_t none = 0xffffffff;
    static std::uint64_t key_of(const std::optional<Mac>& device) noexcept {
        std::uint64_t value = device ? 1 : 0;
        if (device) {
            for (const auto octet : device->octets) value = value << 8 | octet;
        }
        return value;
    }

    KeyedHash hash_;
    std::vector<std::uint32_t> index_;
    std::vector<Row> rows_{};
    std::string names_{};
    std::size_t capacity_;
    std::uint64_t folded_ = 0;
};

}  // namespace vivi::dnsd
