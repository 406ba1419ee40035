// The rows of one tick: bytes and packets for each (device, name, source of the name), bounded with totals intact.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/core/net.hpp"
#include "common/model/traffic.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/name_table.hpp"

namespace vivi::pcapd {

enum class Direction : std::uint8_t { Up, Down };  ///< Up: from the device.

struct Counters {
    std::uint64_t bytes_up = 0, bytes_down = 0, packets_up = 0, packets_down = 0;

    void count(Direction direction, std::uint64_t bytes) noexcept {
        (direction == Direction::Up ? bytes_up : bytes_down) += bytes;
        ++(direction == Direction::Up ? packets_up : packets_down);
    }
    Counters& operator+=(const Counters& other) noexcept;
    Counters& operator-=(const Counters& other) noexcept;
    bool operator==(const Counters&) const = default;
};

/// At the bound nothing is lost, only detail: beyond half of the capacity names go to their device's unnamed row; when the rest
/// is full of devices (invented addresses), to one row of the device 00:00:00:00:00:00.
class RowTable {
public:
    using Slot = std::uint32_t;

    RowTable(std::size_t capacity, NameTable& names, HashKey key);

    /// The row to count in, valid until take().
    Slot row(Mac device, NameId name, model::NameSource source);
    Counters& operator[](Slot slot) noexcept { return rows_[slot]; }

    /// Every row that counted something; the table is empty afterwards.
    std::vector<model::TrafficRow> take();
    /// Rows that were asked for when there was no room for them.
    std::uint64_t folded() const noexcept { return folded_; }

private:
    struct Key {
        std::array<std::uint8_t, 6> device;
        std::uint8_t source;
        std::uint8_t unused;
        NameId name;
        bool operator==(const Key&) const = default;
    };
    using Rows = BoundedTable<Key, Counters>;

    NameTable& names_;
    Rows rows_;
    std::uint64_t folded_ = 0;
};

}  // namespace vivi::pcapd
