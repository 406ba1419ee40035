// Where the bridge gets the time that schedules go by.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/policy/time_zone.hpp"

namespace vivi::bridged {

/// Implemented by SystemTime; by tests with a time they set.
class TimeSource {
public:
    virtual ~TimeSource() = default;
    virtual WallTime now() const = 0;
    virtual bool is_synchronised() const = 0;
};

/// The system's clock, and what the kernel says of it: adjtimex(2), STA_UNSYNC not set. Whoever keeps the time
/// (systemd-timesyncd, chrony) tells the kernel.
class SystemTime final : public TimeSource {
public:
    WallTime now() const override;
    bool is_synchronised() const override;
};

/// The zone `name` from `folder` ("/usr/share/zoneinfo"). "UTC" needs no file. Invalid: no such zone, or its file is none.
Result<policy::TimeZone> read_time_zone(const std::string& folder, const std::string& name);

/// The time in the file (decimal milliseconds since 1970); nothing when there is none. What PolicyClock knew before this start.
std::optional<WallTime> read_saved_time(const std::string& path);
Status save_time(const std::string& path, WallTime time);

}  // namespace vivi::bridged
