// Who may use which field: asked by the engine, decided by the program.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/graphql/schema.hpp"
#include "server/graphql/value.hpp"

namespace vivi::graphql {

/// A field of an object type, as it stands in a plan.
struct GuardedField {
    const NamedType* parent = nullptr;
    const Field* field = nullptr;
};

/// Asked in two steps, so that a field that needs no question when it runs costs none: once when a document is compiled, and then
/// once a plan step for all its parents. Introspection is never asked about. Immutable: plans of all requests share it.
class Guard {
public:
    virtual ~Guard() = default;

    /// Is `field` to be asked about each time it runs? `above` are the fields that lead to it, the root field first; they were
    /// asked about themselves. The answer becomes part of the plan.
    virtual bool is_asked(std::span<const GuardedField> above, GuardedField field) const = 0;

    /// Nothing, or why not, for each of `parents`, in `refused` (as many, all empty before). Root fields have one parent, the
    /// empty Object. A refused field is not resolved for that parent: it becomes null with this error.
    virtual void ask(GuardedField field, std::span<const Object> parents, Context& context,
                     std::span<std::optional<FieldError>> refused) const = 0;
};

}  // namespace vivi::graphql
