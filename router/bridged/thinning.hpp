// Less of the same: batches of traffic merged into coarser ones, and an account of what had to be dropped. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "common/sync/messages.hpp"

namespace vivi::bridged {

/// How coarse; each step gives up something that a person misses least.
enum class Grain : std::uint8_t {
    FiveMinutes,
    Hour,
    Unnamed,  ///< An hour, and what a device spoke with is not told any more: its bytes are.
};

struct Body {
    std::string topic{};
    nlohmann::json members = nlohmann::json::object();  ///< Without the envelope.
    WallTime at{};
};

struct Thinned {
    std::vector<sync::Entry> gone{};  ///< Without their bodies.
    std::vector<Body> instead{};      ///< The same bytes and packets of each device, to the unit.
};

/// Merges the batches of traffic among `entries` that lie in one span of time. Nothing at all when that would save less than a
/// fifth of their bytes.
Thinned thin(const std::vector<sync::Entry>& entries, Grain grain);

/// What goes when merging was not enough, first to last.
enum class Expendable : std::uint8_t {
    Traffic,  ///< traffic.batch
    Hits,     ///< policy.hit
    All,      ///< Leases, alarms and the rest; only at the bound itself. Never an account of what was dropped.
};

struct Dropped {
    std::vector<sync::Entry> gone{};  ///< Without their bodies.
    Body account{};                   ///< `sync.dropped`: what went, by topic; accounts among `entries` are added up in it.
};

/// Of `entries`, from the oldest, until `bytes` are free. Nothing is gone where there is nothing of the kind.
Dropped drop(const std::vector<sync::Entry>& entries, Expendable kind, std::uint64_t bytes);
/// Those from before `before`, whatever they are. Times before 2024 are those of a clock that was not set: they are kept.
Dropped drop_older(const std::vector<sync::Entry>& entries, WallTime before);

}  // namespace vivi::bridged
