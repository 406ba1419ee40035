// Imported lists: their texts by content, with the report of what could be used.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct ImportedList {
    std::string id{};
    std::string name{};
    std::string sha256{};  ///< Of the text: 64 hexadecimal digits.
    std::string format{};
    std::string report{};  ///< JSON text
    std::int64_t bytes = 0;
    WallTime created_at{};
};

/// The lists of the organisation, the newest first; the newest 200.
Task<Result<std::vector<ImportedList>>> lists(Pool& pool, Tenant tenant);

struct NewList {
    std::string name{};
    std::string sha256{};
    std::string format{};
    std::string text{};  ///< UTF-8 without NUL.
    std::string report{};
    std::string user{};  ///< uuid; for the audit log, with `address`.
    std::string address{};
};
/// Keeps it; the same name with the same content again is the list that is there already.
Task<Result<ImportedList>> import_list(Pool& pool, Tenant tenant, NewList list);

/// The text with this hash; nothing when the organisation has none.
Task<Result<std::optional<std::string>>> list_text(Pool& pool, Tenant tenant, std::string sha256);

/// How many bytes that text has; nothing when the organisation has none.
Task<Result<std::optional<std::int64_t>>> list_size(Pool& pool, Tenant tenant, std::string sha256);
struct ListPart {
    std::int64_t size = 0;  ///< Of the whole text in bytes; 0: there is none.
    std::string bytes{};
};
/// At most `most` of its bytes from `offset` on; a cut inside a character is the reader's to put together.
Task<Result<ListPart>> list_part(Pool& pool, Tenant tenant, std::string sha256, std::int64_t offset, std::int64_t most);

}  // namespace vivi::db
