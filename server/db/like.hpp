// Text a person typed, as a literal part of a LIKE pattern.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vivi::db {

/// `%`, `_` and the escape character itself lose their meaning (PostgreSQL 15, section 9.7.1).
inline std::string escape_like(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

}  // namespace vivi::db
