// What the policy did, for viewers: hits and alarms, newest first, in pages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct PolicyHitRow {
    std::int64_t id = 0;
    WallTime at{};  ///< Start of a 5-minute bucket.
    std::optional<std::string> mac{};
    std::string name{};
    std::string address{};
    std::string layer{};
    std::string rule{};
    std::string by{};
    std::int64_t hits = 0;
};
struct HitQuery {
    std::string router{};
    int first = 100;
    std::optional<WallTime> after_at{};  ///< With `after_id`: behind this row.
    std::int64_t after_id = 0;
    std::string mac{};  ///< Only of this device; empty: of all.
    // Who reads, for the audit log: which device asked for which name is personal.
    std::string user{};
    std::string address{};
};
struct HitPage {
    std::vector<PolicyHitRow> rows{};
    bool has_next = false;
};
/// Not older than 24 hours where a device is known, 30 days otherwise. Writes an audit row, once an hour for each reader and
/// router.
Task<Result<HitPage>> policy_hits(Pool& pool, Tenant tenant, HitQuery query);

struct Alarm {
    std::int64_t id = 0;
    std::string kind{};  ///< The topic that raised it.
    std::string subject{};
    std::string detail{};  ///< JSON text
    std::int64_t count = 0;
    WallTime at{}, last_at{};
    std::optional<WallTime> cleared_at{};
    std::string organisation{}, router{};
    std::string event{};  ///< Of the router; empty: none.
    std::optional<WallTime> acknowledged_at{};
    std::string acknowledged_by{};  ///< Name of who looks after it.
};
struct AlarmQuery {
    std::string router{};
    int first = 50;
    std::optional<std::int64_t> after{};  ///< Behind the alarm with this id.
    bool is_open = false;                 ///< Only those that are not cleared.
};
struct AlarmPage {
    std::vector<Alarm> rows{};
    bool has_next = false;
};
Task<Result<AlarmPage>> alarms(Pool& pool, Tenant tenant, AlarmQuery query);

}  // namespace vivi::db
