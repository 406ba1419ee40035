// What the event's people call their devices and where they go: tables, no behaviour.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/model/traffic.hpp"
#include "tests/sim/event/timetable.hpp"

namespace vivi::sim::event {

enum class Kind : std::uint8_t { Phone, Tablet, Laptop, Console, Screen, Camera, Printer, Board, Desktop };
inline constexpr std::size_t kinds = 9;

/// How a kind of device appears and behaves.
struct Habits {
    int per_thousand = 0;                       ///< Of all devices of the event.
    bool is_staff_gear = false;                 ///< There from set-up to the end; does not hide its MAC.
    int hidden_percent = 0;                     ///< So many make up a MAC for each network.
    int nameless_percent = 0;                   ///< So many send no host name.
    double bytes_a_second = 0;                  ///< Downwards, on average, while it is there.
    double upward = 0;                          ///< Bytes up for each byte down.
    double busy = 1;                            ///< The share of its time in which it moves anything, some seconds at a time.
    std::string_view vendor_class{};            ///< Option 60; empty: none.
    std::span<const std::uint32_t> makers{};    ///< First three octets of its MAC, as the IEEE registry has them.
    std::span<const std::string_view> names{};  ///< '%' is somebody's first name, '#' four hexadecimal digits.
    std::span<const std::string_view> favourites{};  ///< Domains.
};
const Habits& habits_of(Kind kind);

/// In the languages and scripts of those who come.
std::span<const std::string_view> first_names();

/// As some call their devices to see what happens: host name and vendor class, before the router has cleaned them.
struct Hostile {
    std::string_view hostname{}, vendor_class{};
};
std::span<const Hostile> hostile_names();

/// A name that nobody went to before `from`; so many of a hundred devices do.
struct Fresh {
    std::string_view name{};
    Minutes from{};
    int percent = 0;
};
std::span<const Fresh> fresh_names();

/// Everybody's during a phase: the programme, the menu, the streams. Empty: nothing in particular.
std::span<const std::string_view> names_of(Phase phase);
/// How much is going on, of the day's highest.
double level_of(Phase phase);
/// Some go there, and the organiser's policy denies it (denied_domains).
std::span<const std::string_view> refused_names();
/// For the configuration of the event's routers.
std::span<const std::string_view> denied_domains();

}  // namespace vivi::sim::event
