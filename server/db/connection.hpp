// Opening a connection with its time limits, and what libpqxx's exceptions mean to us. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <pqxx/connection.hxx>
#include <string>

#include "common/core/result.hpp"

namespace vivi::db {

enum class Deadline : std::uint8_t {
    Statements,  ///< 4 s for each statement: a request that takes longer helps nobody.
    None,        ///< Migrations.
};

/// Gives up connecting after 3 s and on a dead peer after 4 s. Never reconnects by itself: what a session held would be gone in
/// silence. Throws what libpqxx throws.
std::unique_ptr<pqxx::connection> connect(const std::string& url, Deadline deadline);

/// Unavailable, Conflict, Timeout, or Internal with PostgreSQL's first line.
Error describe(const std::exception& thrown);

}  // namespace vivi::db
