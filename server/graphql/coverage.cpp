// Walks the object types of a schema.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/coverage.hpp"

#include <algorithm>

namespace vivi::graphql {

const AppliedDirective* applied_directive(const NamedType& type, const Field& field, std::string_view name) {
    for (const auto* directives : {&field.directives, &type.directives}) {
        const auto found = std::ranges::find(*directives, name, &AppliedDirective::name);
        if (found != directives->end()) return &*found;
    }
    return nullptr;
}

std::vector<std::string> uncovered_fields(const Schema& schema, std::string_view directive) {
    std::vector<std::string> found;
    for (const auto& type : schema.types()) {
        if (type->kind != Kind::Object || type->is_builtin) continue;
        for (const auto& field : type->fields)
            if (!applied_directive(*type, field, directive)) found.push_back(type->name + "." + field.name);
    }
    return found;
}

}  // namespace vivi::graphql
