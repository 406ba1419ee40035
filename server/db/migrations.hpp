// The numbered SQL files of server/db/migrations, compiled in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace vivi::db {

struct Migration {
    int version = 0;          ///< 1 of "0001_first".
    std::string_view name{};  ///< "0001_first"
    std::string_view sql{};
};

/// In order of their versions.
const std::vector<Migration>& migrations();

}  // namespace vivi::db
