// The two kinds of time: one to wait with, one to record with; never mixed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace vivi {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;
using Microseconds = std::chrono::microseconds;
using namespace std::chrono_literals;  // NOLINT: 250ms is how the design is written.

/// For deadlines and ages. Never stored, shown or sent: it means nothing outside this process.
using Instant = std::chrono::steady_clock::time_point;

/// For records. Stored, shown and sent as milliseconds since 1970 UTC; never used to wait.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

constexpr std::int64_t to_unix_ms(WallTime at) noexcept { return at.time_since_epoch().count(); }
constexpr WallTime from_unix_ms(std::int64_t ms) noexcept { return WallTime{Milliseconds{ms}}; }

}  // namespace vivi
