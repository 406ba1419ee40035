// What a batch of events adds up to, before any SQL: pure, so that one bad event is found here and not by a failing statement.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/lease.hpp"
#include "common/model/streamed.hpp"
#include "common/model/traffic.hpp"
#include "server/db/gathered_policy.hpp"
#include "server/db/ingest.hpp"

namespace vivi::db {

/// The most one event may count; thousands of them in a batch still fit 63 bits.
inline constexpr std::int64_t most_bytes = std::int64_t{1} << 50;

struct Counters {
    std::int64_t bytes_up = 0, bytes_down = 0, packets_up = 0, packets_down = 0;

    Counters& operator+=(const Counters& more) noexcept;
    bool operator==(const Counters&) const = default;
};

struct Rate {
    std::int64_t up = 0, down = 0;  ///< Bits per second over one tick.
    WallTime until{};               ///< Stale after this.
    bool operator==(const Rate&) const = default;
};

/// What is new about one device.
struct DeviceNews {
    WallTime seen_at{};
    Counters total{};
    std::optional<Rate> rate{};
    bool has_lease_news = false;          ///< `lease` is meaningful: the current one, or none any more.
    std::optional<model::Lease> lease{};  ///< Also carries hostname and vendor class.
    std::optional<Ipv4> released{};       ///< The address that ended, when `lease` is none.
};

struct LeaseNews {
    model::Lease lease{};
    std::string state{};  ///< granted, released, expired, declined
    std::optional<WallTime> ended_at{};
};

/// Something of what the router saw is missing.
struct Gap {
    std::string kind{};    ///< producer, dropped
    std::string detail{};  ///< JSON text
};

/// What the router says of its configuration beside "applied": the newest of each wins.
struct SettingsNews {
    std::optional<std::string> unenforced{};  ///< JSON text: [{"part","reason"}]
    std::int64_t unenforced_revision = 0;
    std::optional<std::string> trial{};  ///< pending, kept, confirmed, reverted
    std::int64_t trial_revision = 0;
    std::string revert_reason{};
    WallTime reverted_at{};
};

struct Rejected {
    Entry entry{};
    std::string reason{};
};

/// Bucket start, device, name, source.
using TrafficKey = std::tuple<WallTime, Mac, std::string, model::NameSource>;
using LeaseKey = std::tuple<Mac, Ipv4, WallTime>;

struct Gathered {
    std::map<TrafficKey, Counters> traffic{};
    std::map<Mac, DeviceNews> devices{};
    std::map<LeaseKey, LeaseNews> leases{};
    std::optional<std::int64_t> applied_revision{};
    std::optional<std::string> apply_error{};
    std::vector<Gap> gaps{};
    SettingsNews settings{};
    PolicyNews policy{};
    std::vector<Rejected> rejected{};

    bool is_visible() const noexcept { return !devices.empty() || applied_revision.has_value() || apply_error.has_value(); }
};

/// Start of the 10-second bucket of `at`.
WallTime bucket_of(WallTime at);
/// Without control characters and invalid UTF-8 (PostgreSQL refuses both a NUL and a broken sequence), at most `most` bytes.
std::string clean(std::string_view text, std::size_t most);

/// Reads one event for what `shape` asks; its time, clamped as ingest() says. Invalid or Overflow: why it is none.
Result<WallTime> read_event(model::EventReader& reader, const Entry& entry, WallTime now, const model::Shape& shape,
                            model::Rows* rows = nullptr);

/// Adds up `entries` in order. `now` is the hub's wall clock.
Gathered gather(const std::vector<Entry>& entries, WallTime now);
/// The same of leases that run at this moment.
Gathered gather_leases(std::vector<model::Lease> leases, WallTime now);

}  // namespace vivi::db
