// Looking things up in the programme, and the two times.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/event/timetable.hpp"

#include <algorithm>

namespace vivi::sim::event {

Phase phase_at(Moment at) {
    const auto span = std::ranges::find_if(programme, [at](const PhaseSpan& each) { return at < each.until; });
    return span == programme.end() ? Phase::Closing : span->phase;
}

bool is_on(Trouble trouble, Place place, Moment at) {
    return std::ranges::any_of(incidents, [&](const Incident& each) {
        return each.trouble == trouble && each.place == place && at >= each.from && at < each.until;
    });
}

Moment Timetable::moment(WallTime at) const { return at <= live ? at - began : live - began + (at - live) * speed; }

WallTime Timetable::wall(Moment at) const {
    const Moment before = live - began;
    return at <= before ? began + at : live + (at - before) / speed;
}

}  // namespace vivi::sim::event
