// The course of the simulated event: its phases, what goes wrong and where, and how its time lies in ours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/time.hpp"

namespace vivi::sim::event {

using Minutes = std::chrono::minutes;

/// Time by the event's own programme, since its beginning.
using Moment = Milliseconds;

enum class Phase : std::uint8_t { SetUp, DoorsOpen, MorningTalks, Lunch, AfternoonTalks, Evening, Closing };

/// [from, until)
struct PhaseSpan {
    Phase phase{};
    std::string_view name{};
    Minutes from{}, until{};
};

inline constexpr std::array<PhaseSpan, 7> programme{
    PhaseSpan{Phase::SetUp, "Set-up", Minutes{0}, Minutes{90}},
    PhaseSpan{Phase::DoorsOpen, "Doors open", Minutes{90}, Minutes{150}},
    PhaseSpan{Phase::MorningTalks, "Morning talks", Minutes{150}, Minutes{300}},
    PhaseSpan{Phase::Lunch, "Lunch", Minutes{300}, Minutes{360}},
    PhaseSpan{Phase::AfternoonTalks, "Afternoon talks", Minutes{360}, Minutes{540}},
    PhaseSpan{Phase::Evening, "Evening", Minutes{540}, Minutes{720}},
    PhaseSpan{Phase::Closing, "Closing", Minutes{720}, Minutes{780}},
};

/// Before the beginning it is being set up, after the end closed.
Phase phase_at(Moment at);

/// Each has a router of its own.
enum class Place : std::uint8_t { MainHall, Foyer, Workshops };

enum class Trouble : std::uint8_t {
    UplinkOutage,  ///< Nothing comes from the internet, and the tunnel to the server is lost.
    NoNames,       ///< dnsd does not answer; unbound does.
    RogueServer,   ///< Somebody's travel router hands out addresses.
    Conflict,      ///< Somebody chose an address by hand that another one has leased.
    ForeignRa,     ///< Somebody's machine announces itself as an IPv6 router.
    Flood,         ///< One device takes what it can get.
};

/// [from, until)
struct Incident {
    Trouble trouble{};
    Place place{};
    Minutes from{}, until{};
};

/// The pool of the workshop rooms is too small besides: nine tenths are leased from lunch on (cast.hpp).
inline constexpr std::array<Incident, 11> incidents{
    Incident{Trouble::UplinkOutage, Place::MainHall, Minutes{190}, Minutes{196}},
    Incident{Trouble::Conflict, Place::Foyer, Minutes{220}, Minutes{221}},
    Incident{Trouble::NoNames, Place::MainHall, Minutes{245}, Minutes{249}},
    Incident{Trouble::Flood, Place::MainHall, Minutes{330}, Minutes{470}},
    Incident{Trouble::RogueServer, Place::Foyer, Minutes{340}, Minutes{365}},
    Incident{Trouble::ForeignRa, Place::Workshops, Minutes{350}, Minutes{351}},
    Incident{Trouble::RogueServer, Place::MainHall, Minutes{375}, Minutes{390}},
    Incident{Trouble::NoNames, Place::Workshops, Minutes{405}, Minutes{408}},
    Incident{Trouble::UplinkOutage, Place::Foyer, Minutes{435}, Minutes{447}},
    Incident{Trouble::Conflict, Place::MainHall, Minutes{500}, Minutes{501}},
    Incident{Trouble::Flood, Place::MainHall, Minutes{560}, Minutes{700}},
};

bool is_on(Trouble trouble, Place place, Moment at);

/// Up to `live` the event went by the clock; from then on it hurries `speed` times as fast. Only what people do hurries: a lease
/// lasts as long as the router says, and a byte is a byte.
struct Timetable {
    WallTime began{};
    WallTime live{};
    int speed = 1;  ///< At least 1.

    Moment moment(WallTime at) const;
    WallTime wall(Moment at) const;
};

}  // namespace vivi::sim::event
