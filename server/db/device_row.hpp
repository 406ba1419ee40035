// How a row of devices is selected and read; only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/devices.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

/// "select … from devices d join routers r …", up to but without "where". Further columns may be named in `more` (", x"); `from`
/// may be a subquery that is called d and has all columns of devices.
std::string device_query(std::string_view more = {}, std::string_view from = "devices d");
Device to_device(const pqxx::row& row);

}  // namespace vivi::db
