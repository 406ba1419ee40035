// Finding, folding and emptying the rows of a tick.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/row_table.hpp"

#include <cassert>

namespace vivi::pcapd {

Counters& Counters::operator+=(const Counters& other) noexcept {
    bytes_up += other.bytes_up;
    bytes_down += other.bytes_down;
    packets_up += other.packets_up;
    packets_down += other.packets_down;
    return *this;
}

Counters& Counters::operator-=(const Counters& other) noexcept {
    bytes_up -= other.bytes_up;
    bytes_down -= other.bytes_down;
    packets_up -= other.packets_up;
    packets_down -= other.packets_down;
    return *this;
}

RowTable::RowTable(std::size_t capacity, NameTable& names, HashKey key) : names_{names}, rows_{capacity, key} {
    assert(capacity >= 2);
}

RowTable::Slot RowTable::row(Mac device, NameId name, model::NameSource source) {
    const auto made = [this](const Key& key) {
        names_.hold(key.name);
        return rows_.insert(key);
    };
    const Key wanted{device.octets, static_cast<std::uint8_t>(name == no_name ? model::NameSource::None : source), 0, name};
    if (const auto found = rows_.find(wanted); found != Rows::none) return found;
    if (name == no_name ? rows_.size() + 1 < rows_.capacity() : rows_.size() < rows_.capacity() / 2) return made(wanted);

    ++folded_;
    const Key unnamed{device.octets, 0, 0, no_name};
    if (const auto found = rows_.find(unnamed); found != Rows::none) return found;
    if (rows_.size() + 1 < rows_.capacity()) return made(unnamed);
    const Key nobody{{}, 0, 0, no_name};
    const auto found = rows_.find(nobody);
    return found != Rows::none ? found : made(nobody);  // The last free entry was kept for this.
}

std::vector<model::TrafficRow> RowTable::take() {
    std::vector<model::TrafficRow> taken;
    taken.reserve(rows_.size());
    for (auto slot = rows_.oldest(); slot != Rows::none; slot = rows_.newer(slot)) {
        const auto& key = rows_.key(slot);
        const auto& counters = rows_[slot];
        if (counters != Counters{}) {
            taken.push_back({.device = {key.device},
                             .name = std::string{names_.text(key.name)},
                             .source = static_cast<model::NameSource>(key.source),
                             .bytes_up = counters.bytes_up,
                             .bytes_down = counters.bytes_down,
                             .packets_up = counters.packets_up,
                             .packets_down = counters.packets_down});
        }
        names_.release(key.name);
    }
    rows_.clear();
    return taken;
}

}  // namespace vivi::pcapd
