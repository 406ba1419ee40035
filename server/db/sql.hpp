// SQL put together from pieces, with its values beside it: values never become SQL text. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/db/transaction.hpp"

namespace vivi::db {

class Sql {
public:
    /// Keeps the value; what it is called in the text ("$3"), to be cast there.
    std::string value(std::string text) {
        values_.push_back(std::move(text));
        return "$" + std::to_string(values_.size());
    }
    Sql& operator+=(std::string_view more) {
        text_ += more;
        return *this;
    }
    pqxx::result run(Transaction& transaction) const {
        return transaction.run(text_, pqxx::prepare::make_dynamic_params(values_));
    }
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::vector<std::string> values_;
};

}  // namespace vivi::db
