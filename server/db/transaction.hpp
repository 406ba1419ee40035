// What a repository works in: one libpqxx transaction. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pqxx/result.hxx>
#include <pqxx/result_iterator.hxx>
#include <pqxx/transaction.hxx>
#include <string>
#include <string_view>

namespace vivi::db {

/// Parameters are $1, $2, …; values never become SQL text.
class Transaction {
public:
    explicit Transaction(pqxx::work& work) : work_{work} {}

    template <class... Values>
    pqxx::result run(std::string_view sql, const Values&... values) {
        return work_.exec_params(std::string{sql}, values...);
    }

private:
    pqxx::work& work_;
};

/// Milliseconds since 1970 as a timestamptz expression of parameter `$n`; exact, unlike to_timestamp(double).
inline std::string instant_of(std::string_view parameter) {
    return "('epoch'::timestamptz + " + std::string{parameter} + "::bigint * interval '1 millisecond')";
}
/// A timestamptz column as milliseconds since 1970.
inline std::string unix_ms(std::string_view column) { return "(extract(epoch from " + std::string{column} + ") * 1000)::bigint"; }

}  // namespace vivi::db
