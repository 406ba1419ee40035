// Which names one device asked for: personal, kept for 24 hours, its reading audited.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct DeviceDomain {
    std::string name{};
    std::int64_t queries = 0;
    WallTime last_at{};  ///< Start of an hour.
};
struct DeviceDomainsQuery {
    std::string router{};
    std::string device{};  ///< uuid, for the audit log.
    std::string mac{};
    int most = 1'000;
    std::string user{};  ///< Who reads, likewise.
    std::string address{};
};
/// The most asked first. Writes an audit row, once an hour for each reader and device.
Task<Result<std::vector<DeviceDomain>>> device_domains(Pool& pool, Tenant tenant, DeviceDomainsQuery query);

}  // namespace vivi::db
