// Columns of values as PostgreSQL array literals, for insert … select from unnest($1::…[], …).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vivi::db {

/// {1,2,"a \"b\"",NULL}: one parameter for a whole column (PostgreSQL 15, section 8.15.6).
class ArrayLiteral {
public:
    ArrayLiteral& add(std::int64_t number) { return raw(std::to_string(number)); }
    ArrayLiteral& add_null() { return raw("NULL"); }
    /// Quoted; valid UTF-8 without NUL.
    ArrayLiteral& add(std::string_view text) {
        separate();
        text_ += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') text_ += '\\';
            text_ += c;
        }
        text_ += '"';
        return *this;
    }
    std::string text() const { return text_ + '}'; }
    bool empty() const noexcept { return text_.size() == 1; }

private:
    ArrayLiteral& raw(std::string_view value) {
        separate();
        text_ += value;
        return *this;
    }
    void separate() {
        if (!empty()) text_ += ',';
    }
    std::string text_ = "{";
};

}  // namespace vivi::db
