// The scalar DateTime: RFC 3339 with milliseconds, UTC. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/time.hpp"

namespace vivi::api {

/// 2026-11-22T17:10:02.123Z
std::string to_date_time(WallTime at);

}  // namespace vivi::api
