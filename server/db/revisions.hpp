// The next configuration revision of a router: locked, read, written with its audit row. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/model/configuration.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

/// A router's row under lock, and the newest configuration that was decided.
struct Decided {
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
    model::Configuration configuration{};
    bool is_changed = false;  ///< More of it than its policy is to be written: see write_together().
    bool is_written = false;  ///< `configuration` was written as a revision in this transaction.
};

/// Locks the router before any device's row, as ingest does, so that the two never wait for each other in a circle. NotFound: not
/// an accepted router of this organisation. Conflict: it has no configuration.
Result<Decided> lock_decided(Transaction& transaction, const std::string& router);
/// The same without the lock, for readers.
Result<Decided> read_decided(Transaction& transaction, const std::string& router);

/// Who decided what, for the audit log.
struct AuditRow {
    std::string user{};     ///< uuid; empty: an operator at the command line.
    std::string address{};  ///< From where; text that is no address is left out.
    std::string action{};
    std::string target{};
    std::string detail{};  ///< JSON text
};
void write_audit(Transaction& transaction, const AuditRow& row);

/// The text of `decided.configuration` as the next revision; Overflow: larger than 256 KiB.
Result<std::string> next_document(Decided& decided);
/// Writes that text and advances the router; `row` says by whom and for what, and is not written.
void write_document(Transaction& transaction, Decided& decided, const std::string& document, const AuditRow& row);

/// Writes `decided.configuration` as the next revision, advances the router and writes the audit row; `decided` then says what is
/// so now. Overflow: the document would be larger than 256 KiB, and nothing was written.
Status write_revision(Transaction& transaction, Decided& decided, const AuditRow& row);

/// Every problem on a line of its own, behind `text`.
std::string lines_of(std::string text, const model::Problems& problems);
/// The text of a router's revision 1: the given document with version, revision and custody. Invalid, with every problem.
Result<std::string> first_document(const std::string& configuration, const std::string& custody);

/// Makes the devices' rows say what the policy of `decided` says: bans, groups, protection; call it after write_revision(). Those
/// that change get its revisions. `only`: looks at these devices, when nothing else can have changed; empty: at all.
void write_bans(Transaction& transaction, const Decided& decided, const std::vector<Mac>& only = {});

/// A ban as the dashboard knows it: denied without schedule, and not protected. It may end by itself.
bool is_ban(const model::DeviceRule& rule, const model::Policy& policy);

}  // namespace vivi::db
