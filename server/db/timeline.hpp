// The course of an event: its phases, alarms of its routers, decisions, notes; and how many guests there are and were at most.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/events.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct TimelineEntry {
    std::string id{};  ///< uuid, unique in the timeline.
    std::int64_t at_us = 0;
    std::optional<WallTime> until{};
    std::string kind{};    ///< note, phase, alarm, ban, policy, router, event
    std::string what{};    ///< Kind of the alarm, or action of the audit log.
    std::string text{};    ///< Of a note; name of a phase; subject of an alarm.
    std::string detail{};  ///< JSON text, of the alarm or the audit row.
    std::string author{};  ///< Name; empty: nobody, or without one.
    std::string router{};  ///< uuid; empty: of the event as a whole.
};
struct TimelineQuery {
    std::string event{};
    int first = 50;
    std::optional<std::int64_t> after_us{};  ///< With `after_id`: behind this entry.
    std::string after_id{};
};
struct TimelinePage {
    std::vector<TimelineEntry> rows{};
    bool has_next = false;
};
/// The newest first, up to now. Of a router only what was while it belonged to the event.
Task<Result<TimelinePage>> timeline(Pool& pool, Tenant tenant, TimelineQuery query);

struct EventNote {
    std::string event{};
    std::string text{};            ///< 1 to 500 characters.
    std::optional<WallTime> at{};  ///< Absent: now.
    Actor by{};
};
/// NotFound: no such event here.
Task<Result<TimelineEntry>> add_event_note(Pool& pool, Tenant tenant, EventNote note);

struct EventCounts {
    std::int64_t devices = 0;
    std::int64_t devices_online = 0;  ///< Seen in the last 5 minutes.
    std::int64_t devices_banned = 0;
    std::int64_t routers_online = 0;
    std::int64_t open_alarms = 0;
    std::int64_t rate_up = 0, rate_down = 0;  ///< bit/s, 20 to 40 s ago.
    std::int64_t peak_devices =
        0;  ///< With traffic in the same 5 minutes; where only hours are kept any more: at most that many.
    std::optional<WallTime> peak_at{};
    std::int64_t bytes_up = 0, bytes_down = 0;  ///< While routers belonged to it, to the last 5 minutes that ended.
};
Task<Result<EventCounts>> event_counts(Pool& pool, Tenant tenant, std::string event);

}  // namespace vivi::db
