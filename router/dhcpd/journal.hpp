// What dhcpd decided, written down before it is promised: leases and their events in Redis, one transaction a batch.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/model/event.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"
#include "router/dhcpd/outcome.hpp"

namespace vivi::dhcpd {

/// One event and what it does to `vivi:leases`. Without a topic there is no event: `value` is written down as what was carried.
struct Record {
    std::string topic{};
    std::string body{};
    std::string field{};  ///< The address; empty: the hash is not touched.
    std::string value{};  ///< The lease; empty: the field is removed.
};

/// Numbers events: pure, so that a record is the same however often it is tried.
class Recorder {
public:
    explicit Recorder(std::string instance) : from_{.instance = std::move(instance)} {}

    Record record(const LeaseChange& change, WallTime at);
    Record record(const Alarm& alarm, const std::string& network, WallTime at);
    /// An event of the bus alone.
    bus::Message message(std::string_view topic, const model::Json& members, WallTime at);

private:
    std::string body(const model::Json& members, WallTime at);

    model::Producer from_;
};

/// Of each record: HSET or HDEL, and XADD. For one MULTI.
std::vector<store::Command> commands_for(const std::vector<Record>& records);

/// Entries of `vivi:leases` as they were found: those that can be used, and those that cannot (field, value, why).
struct Restored {
    struct Unreadable {
        std::string field{}, value{}, reason{};
    };
    std::vector<model::Lease> leases{};
    std::vector<Unreadable> unreadable{};
};
Restored parse_leases(const store::Reply& hash);

/// Keeps records in order until Redis has them. One caller at a time.
class Journal {
public:
    explicit Journal(store::Store& store) : store_{store} {}

    /// True: everything up to and including `records` is in Redis. False: it is in memory, and tried again with the next call.
    /// After a failure Redis is left alone for a second, so that one which hangs does not hold every answer for its timeout.
    Task<bool> keep(std::vector<Record> records);
    /// The leases of the time before this start; what cannot be used is moved to `vivi:leases:unreadable` and logged.
    Task<Result<std::vector<model::Lease>>> load();

    /// What the stored document, of that revision, names as carried leases (SHA-256), and which were taken over; empty: none.
    struct Carrying {
        std::int64_t revision = 0;
        std::string named{}, taken{};
    };
    Task<Result<Carrying>> carrying();

    bool is_durable() const noexcept { return waiting_.empty(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    std::uint64_t lost() const noexcept { return lost_; }  ///< Records given up at the bound.
    Instant next_try() const noexcept { return next_try_; }

private:
    store::Store& store_;
    std::deque<Record> waiting_;
    std::uint64_t lost_ = 0;
    Instant next_try_{};
    bool is_away_ = false;
};

}  // namespace vivi::dhcpd
