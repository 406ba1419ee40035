// What the devices of a place do: with whom, and how much.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "tests/sim/event/event.hpp"

namespace vivi::sim::event {
namespace {

constexpr double flood_bytes_a_second = 11e6;  // Some 90 Mbit/s.
constexpr std::string_view flood_name = "seed4.linux-mirror.example";
constexpr double packet_bytes = 1'250;
constexpr double session_seconds = 4;
constexpr double long_span_seconds = 5;

std::uint64_t whole(double value) { return static_cast<std::uint64_t>(std::max(0.0, value)); }

model::TrafficRow row_of(const Device& device, std::string_view name, model::NameSource source, double down, double up) {
    return {.device = device.mac,
            .name = std::string{name},
            .source = name.empty() ? model::NameSource::None : source,
            .bytes_up = whole(up) + 80,
            .bytes_down = whole(down) + 40,
            .packets_up = whole(std::max(up, down / 2) / packet_bytes) + 1,
            .packets_down = whole(down / packet_bytes) + 1};
}

/// Phones speak QUIC, boards leave only what DNS told, everything else shows its name in TLS.
model::NameSource source_for(Kind kind, std::uint_fast32_t drawn) {
    if (kind == Kind::Board || kind == Kind::Camera) return model::NameSource::Dns;
    return drawn % 100 < 35 ? model::NameSource::Quic : model::NameSource::Sni;
}

}  // namespace

bool Event::chance(double of_one) { return static_cast<double>(random_()) < of_one * 4'294'967'296.0; }

std::string_view Event::name_for(const Device& device, std::size_t index, Moment at) {
    const bool is_guest = !habits_of(device.kind).is_staff_gear;
    const auto fresh = fresh_names();  // In the order in which they begin.
    const auto begun = std::ranges::count_if(fresh, [at](const Fresh& each) { return at >= each.from; });
    if (is_guest && begun > 0 && chance(0.3)) {
        // Who goes to a new name is who the number says, so that it stays that many.
        const auto& name = fresh[random_() % static_cast<std::uint64_t>(begun)];
        if (static_cast<int>(index * 37 % 100) < name.percent) return name.name;
    }
    const auto common = names_of(phase_at(at));
    if (is_guest && !common.empty() && chance(0.2)) return common[random_() % common.size()];
    if (chance(0.06)) return {};  // Nothing names the other side.
    return device.favourites[random_() % device.favourites.size()];
}

/// It begins by chance, and goes on for some seconds. Of a long span only the average is drawn: how often it begins, and how long
/// it is busy in all. Either way it is busy `busy` of its time.
double Event::busy_seconds(std::size_t index, WallTime from, WallTime until) {
    const auto busy = habits_of(cast_[index].kind).busy;
    const auto begins_a_second = busy / (session_seconds * (1 - busy));
    const auto span = std::chrono::duration<double>{until - from}.count();
    auto& busy_until = presences_[index].busy_until;
    if (span >= long_span_seconds) {
        const auto acts = busy + (1 - busy) * (1 - std::exp(-begins_a_second * span));
        return chance(acts) ? busy * span / acts : 0;
    }
    auto begins = from;
    if (busy_until <= from) {
        if (!chance(1 - std::exp(-begins_a_second * span))) return 0;
        std::exponential_distribution<double> lasts{1 / session_seconds};
        begins += Milliseconds{static_cast<Milliseconds::rep>(random_() % static_cast<std::uint64_t>((until - from).count()))};
        busy_until = begins + std::chrono::ceil<Milliseconds>(std::chrono::duration<double>{lasts(random_)});
    }
    return std::chrono::duration<double>{std::min(until, busy_until) - begins}.count();
}

model::TrafficRow Event::visit(const Device& device, std::size_t index, Moment at, double seconds) {
    const auto& habits = habits_of(device.kind);
    std::lognormal_distribution<double> luck{-0.5, 1.0};  // Its mean is 1.
    const auto level = habits.is_staff_gear ? 1.0 : level_of(phase_at(at));
    const auto down = habits.bytes_a_second / habits.busy * device.appetite * level * luck(random_) * seconds;
    return row_of(device, name_for(device, index, at), source_for(device.kind, random_()), down, down * habits.upward);
}

model::TrafficRow Event::flood(const Device& device, double seconds) const {
    const auto down = flood_bytes_a_second * seconds;
    return row_of(device, flood_name, model::NameSource::Dns, down, down * 0.4);
}

model::TrafficBatch Event::traffic(WallTime from, WallTime until) {
    model::TrafficBatch batch{.tick = until - from};
    const auto moment = setting_.timetable.moment(from);
    const auto seconds = static_cast<double>(batch.tick.count()) / 1'000;
    const bool is_cut = is_on(Trouble::UplinkOutage, setting_.place, moment);
    bool floods = !is_cut && is_on(Trouble::Flood, setting_.place, moment);
    for (std::size_t i = 0; i < cast_.size(); ++i) {
        const auto& device = cast_[i];
        if (!presences_[i].is_here || !presences_[i].has_lease || banned_.contains(device.mac)) continue;
        if (floods && device.kind == Kind::Laptop) {
            batch.rows.push_back(flood(device, seconds));
            floods = false;  // One does.
        } else if (const auto busy = busy_seconds(i, from, until); busy > 0) {
            auto row = visit(device, i, moment, busy);
            if (is_cut) row = row_of(device, row.name, model::NameSource::Dns, -1, 60);  // Asks, and hears nothing.
            batch.rows.push_back(std::move(row));
        }
        if (!batch.rows.empty() && batch.rows.back().device == device.mac)
            batch.captured += batch.rows.back().packets_up + batch.rows.back().packets_down;
    }
    return batch;
}

}  // namespace vivi::sim::event
