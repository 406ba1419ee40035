// Result coercion of leaves (sections 3.5 and 3.9), written as JSON at once.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "server/graphql/execution.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

/// A whole number of 32 bits, or nothing.
std::optional<std::int64_t> to_int(const Value& value) {
    std::int64_t n = 0;
    if (value.is_boolean())
        n = value.boolean() ? 1 : 0;
    else if (value.is_integer())
        n = value.integer();
    else if (value.is_float() && std::trunc(value.number()) == value.number() && std::abs(value.number()) <= 2147483648.0)
        n = static_cast<std::int64_t>(value.number());
    else
        return std::nullopt;
    if (n < std::numeric_limits<std::int32_t>::min() || n > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return n;
}

bool write_text(std::string& out, const Value& value) {
    if (value.is_text())
        append_json_string(out, value.text());
    else if (value.is_boolean())
        append_json_string(out, value.boolean() ? "true" : "false");
    else if (value.is_integer() || (value.is_float() && std::isfinite(value.number())))
        append_json_string(out, to_json(value));
    else
        return false;
    return true;
}

bool write_enum(std::string& out, const Value& value, const NamedType& type) {
    for (const auto& candidate : type.values) {
        const bool is_it = candidate.mapped && value.is_integer() ? *candidate.mapped == value.integer()
                                                                  : value.is_text() && candidate.name == value.text();
        if (!is_it) continue;
        append_json_string(out, candidate.name);
        return true;
    }
    return false;
}

bool is_finite(const Value& value) { return !value.is_float() || std::isfinite(value.number()); }

}  // namespace

bool Execution::write_leaf(const Value& value, const FieldPlan& field) {
    switch (field.leaf) {
        case LeafKind::None: return false;
        case LeafKind::Int: {
            const auto n = to_int(value);
            if (n) append_json(leaves_, *n);
            return n.has_value();
        }
        case LeafKind::Float:
            if (value.is_boolean())
                append_json(leaves_, value.boolean() ? std::int64_t{1} : std::int64_t{0});
            else if (value.is_integer() || (value.is_float() && is_finite(value)))
                append_json(leaves_, value);
            else
                return false;
            return true;
        case LeafKind::Boolean:
            if (value.is_boolean())
                leaves_ += value.boolean() ? "true" : "false";
            else if (value.is_integer() || (value.is_float() && is_finite(value)))
                leaves_ += value.number() != 0 ? "true" : "false";
            else
                return false;
            return true;
        case LeafKind::Typename:
        case LeafKind::String: return write_text(leaves_, value);
        case LeafKind::Id: return (value.is_text() || value.is_integer()) && write_text(leaves_, value);
        case LeafKind::Enum: return write_enum(leaves_, value, *field.definition->type.named);
        case LeafKind::Custom: {
            const auto& serialize = field.definition->type.named->hooks.serialize;
            if (!serialize) {
                if (value.is_object() || !is_finite(value)) return false;
                append_json(leaves_, value);
                return true;
            }
            const auto written = serialize(value);
            if (!written || written->is_null() || written->is_object()) return false;
            append_json(leaves_, *written);
            return true;
        }
    }
    return false;
}

}  // namespace vivi::graphql
