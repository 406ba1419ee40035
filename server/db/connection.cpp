// libpq's connection parameters and libpqxx's exceptions.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/connection.hpp"

#include <pqxx/except.hxx>
#include <string_view>

namespace vivi::db {
namespace {

std::string with_limits(const std::string& url, Deadline deadline) {
    const bool is_uri = url.starts_with("postgresql://") || url.starts_with("postgres://");
    std::string text = url;
    if (is_uri) {
        text += url.contains('?') ? '&' : '?';
        text += "connect_timeout=3&tcp_user_timeout=4000&keepalives_idle=10";
        if (deadline == Deadline::Statements) text += "&options=-c%20statement_timeout%3D4000";
    } else {
        text += " connect_timeout=3 tcp_user_timeout=4000 keepalives_idle=10";
        if (deadline == Deadline::Statements) text += " options='-c statement_timeout=4000'";
    }
    return text;
}

std::string first_line(std::string_view text) {
    const auto end = text.find('\n');
    return std::string{text.substr(0, end)};
}

Code code_of(std::string_view sqlstate) {
    if (sqlstate.starts_with("57P") || sqlstate.starts_with("08"))
        return Code::Unavailable;                   // Shutting down; connection exception.
    if (sqlstate == "57014") return Code::Timeout;  // statement_timeout
    if (sqlstate.starts_with("40")) return Code::Conflict;
    return Code::Internal;
}

}  // namespace

std::unique_ptr<pqxx::connection> connect(const std::string& url, Deadline deadline) {
    auto connection = std::make_unique<pqxx::connection>(with_limits(url, deadline));
#pragma clang diagnostic push
#pragma clang diagnostic ignored \
    "-Wdeprecated-declarations"  // Deprecated because later versions never reactivate; ours still would.
    connection->inhibit_reactivation(true);
#pragma clang diagnostic pop
    return connection;
}

Error describe(const std::exception& thrown) {
    const auto detail = "database: " + first_line(thrown.what());
    if (dynamic_cast<const pqxx::broken_connection*>(&thrown) != nullptr ||
        dynamic_cast<const pqxx::in_doubt_error*>(&thrown) != nullptr)
        return {Code::Unavailable, detail};
    if (dynamic_cast<const pqxx::transaction_rollback*>(&thrown) != nullptr) return {Code::Conflict, detail};
    if (const auto* refused = dynamic_cast<const pqxx::sql_error*>(&thrown)) return {code_of(refused->sqlstate()), detail};
    return {Code::Internal, detail};
}

}  // namespace vivi::db
