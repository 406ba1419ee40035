// What an event was, added up for its report: nothing in it is about one device.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct ReportHour {
    WallTime at{};
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::int64_t devices = 0;  ///< The most in 5 minutes of it.
};
struct ReportCategory {
    std::string name{};  ///< Empty: what has none, and what fewer than five devices used.
    std::int64_t bytes_up = 0, bytes_down = 0;
};
struct ReportIncident {
    WallTime at{};
    std::optional<WallTime> until{};
    std::string kind{};
    std::string router{};   ///< Its name.
    std::string subject{};  ///< Of the alarm: a MAC, an address.
    std::int64_t count = 0;
};
struct ReportPool {
    std::string router{}, network{};
    std::int64_t size = 0;  ///< As decided now; 0: there is no such pool any more.
    std::int64_t peak = 0;
    std::optional<WallTime> peak_at{};
};
struct ReportNote {
    WallTime at{};
    std::string text{};
};
struct EventReport {
    std::int64_t routers = 0;
    std::int64_t devices = 0;  ///< That had an address.
    std::int64_t bans = 0, policy_changes = 0;
    std::vector<ReportHour> hours{};
    std::vector<ReportCategory> categories{};  ///< The most traffic first; at most 15.
    std::vector<ReportIncident> incidents{};   ///< The oldest first; at most 200.
    std::vector<ReportPool> pools{};
    std::vector<ReportNote> notes{};
    WallTime from{}, to{};  ///< Since it had a router, until none was left (or now).
};
/// Who reads what is personal in it, for the audit log; `user` empty: nobody does.
struct ReportReader {
    std::string user{};
    std::string address{};
};
/// Of the time in which routers belonged to the event. NotFound: it never had one.
Task<Result<EventReport>> event_report(Pool& pool, Tenant tenant, std::string event, ReportReader reader);

}  // namespace vivi::db
