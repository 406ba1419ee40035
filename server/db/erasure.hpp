// Erasing devices and events with a receipt, and what is held of a device, for who asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

enum class PurgeKind : std::uint8_t { Device, Event };

struct PurgeReceipt {
    std::string id{};         ///< uuid
    std::int64_t number = 0;  ///< Its place in the list.
    PurgeKind kind = PurgeKind::Device;
    std::string target{};  ///< uuid of what was erased.
    WallTime at{};
    std::string removed{};  ///< JSON: {"leases": 3}
    std::string remains{};  ///< JSON: [{"what", "why", "until"}]
};

struct Purge {
    PurgeKind kind = PurgeKind::Device;
    std::string target{};
    std::string user{};  ///< uuid; empty: an operator at the command line.
    std::string address{};
};
/// NotFound: no such device or event here. Writes the audit row in the same transaction. May take a minute.
Task<Result<PurgeReceipt>> purge(Pool& pool, Tenant tenant, Purge purge);

struct ReceiptPage {
    std::vector<PurgeReceipt> rows{};
    bool has_next = false;
};
/// The newest first, those before `after`.
Task<Result<ReceiptPage>> purge_receipts(Pool& pool, Tenant tenant, int first, std::optional<std::int64_t> after);

/// JSON text: every row of every table of the organisation that is about the device, by table (of names: the last 24 h); rules in
/// force and older configurations that name it. Audited. NotFound: no such device here.
Task<Result<std::string>> device_data(Pool& pool, Tenant tenant, std::string device, std::string user, std::string address);

/// JSON lines of every organisation's purges, the oldest first: what to keep outside of the database and its dumps. As the owner.
Result<std::string> export_purges(const std::string& owner_url);
/// Does again, after a dump was restored, what the lines say and the database has no receipt of; how many. What is not there any
/// more has its purge noted too. Invalid: a line is none of export_purges(), nothing was done.
Result<std::string> replay_purges(const std::string& owner_url, const std::string& lines);

}  // namespace vivi::db
