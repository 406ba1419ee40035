// What the operator's commands share: one transaction as the owner of the schema. Private to server/db.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pqxx/except.hxx>
#include <string>

#include "server/db/connection.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

/// One transaction as the owner; row-level security holds for the owner too, so the organisation is named first. `taken`: what
/// to say when something of the same name or number is there already; empty: what PostgreSQL says.
template <class Body>
Result<std::string> as_owner(const std::string& owner_url, Body body, const std::string& taken = {}) {
    try {
        const auto connection = connect(owner_url, Deadline::Statements);
        pqxx::work work{*connection};
        Transaction transaction{work};
        Result<std::string> id = body(transaction);
        if (id) work.commit();
        return id;
    } catch (const pqxx::unique_violation& thrown) {
        return failed(Code::Conflict, taken.empty() ? "it exists already (" + describe(thrown).detail + ")" : taken);
    } catch (const std::exception& thrown) {
        return std::unexpected{describe(thrown)};
    }
}

inline void enter(Transaction& transaction, const std::string& organisation) {
    transaction.run("select set_config('vivi.organisation', $1, true)", organisation);
}

inline Status require_organisation(Transaction& transaction, const std::string& organisation) {
    enter(transaction, organisation);
    const auto rows = transaction.run("select 1 from organisations where id = current_organisation()");
    if (rows.empty()) return failed(Code::NotFound, "no organisation has the id " + organisation);
    return {};
}

}  // namespace vivi::db
