// Input objects, and what of an Error a client may see.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/value.hpp"

namespace vivi::graphql {
namespace {
const Value null_value;
}  // namespace

Value::Value(Fields value) : data_{std::make_shared<const Fields>(std::move(value))} {}

const Value* Fields::find(std::string_view name) const {
    for (const auto& [key, value] : items_)  // A handful: quicker than hashing.
        if (key == name) return &value;
    return nullptr;
}

const Value& Fields::operator[](std::string_view name) const {
    const auto* value = find(name);
    return value ? *value : null_value;
}

void Fields::add(std::string name, Value value) { items_.emplace_back(std::move(name), std::move(value)); }

FieldError::FieldError(Error error) {
    switch (error.code) {
        case Code::Invalid: code = "BAD_USER_INPUT"; break;
        case Code::NotFound: code = "NOT_FOUND"; break;
        case Code::Denied: code = "FORBIDDEN"; break;
        case Code::Conflict: code = "CONFLICT"; break;
        case Code::Overflow: code = "TOO_MUCH"; break;
        case Code::Unavailable:
        case Code::Timeout:
            code = "UNAVAILABLE";
            message = "A part of the service is away; try again.";
            cause = std::move(error.detail);
            return;
        case Code::Internal:
            message = "Something went wrong here.";
            cause = std::move(error.detail);
            return;
    }
    message = std::move(error.detail);
}

}  // namespace vivi::graphql
