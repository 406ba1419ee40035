// The schema's @access at work: which right each field takes, and of which place it is asked. Defence in depth: resolvers ask
// again. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/auth/rights.hpp"
#include "server/graphql/guard.hpp"

namespace vivi::api {

/// Where an object's rights are asked.
struct Standing {
    auth::Place place{};
    bool is_anywhere_within = false;  ///< Somewhere in the organisation is enough: the resolver knows where exactly.
};

/// The types whose objects know the place they belong to.
class Places {
public:
    /// `standing_of` takes the C++ type behind the GraphQL type.
    template <class T>
    Places& of(std::string type, Standing (*standing_of)(const T&)) {
        of_[std::move(type)] = [standing_of](const graphql::Object& object) { return standing_of(object.as<T>()); };
        return *this;
    }
    using StandingOf = std::function<Standing(const graphql::Object&)>;
    const std::map<std::string, StandingOf, std::less<>>& all() const noexcept { return of_; }

private:
    std::map<std::string, StandingOf, std::less<>> of_;
};
/// Router, Event, …: one line a noun (places.cpp).
Places make_places();

/// As the enum Right of the schema spells it.
std::string_view word_of(auth::Right right) noexcept;

/// Everybody who holds `held` at a place holds `asked` there too, by what they are.
bool covers(auth::Right held, auth::Right asked) noexcept;

class Access final : public graphql::Guard {
public:
    /// Invalid, a line each: fields that nothing marks, rights that this program does not know.
    static Result<std::shared_ptr<const Access>> make(const graphql::Schema& schema, const Places& places);

    /// What holds for `field` of `type`; Anyone for those of introspection.
    auth::Right right_of(graphql::GuardedField field) const { return rights_[field.field->index]; }

    /// Root fields are, objects that know their place are, and fields that take more than one of those above them.
    bool is_asked(std::span<const graphql::GuardedField> above, graphql::GuardedField field) const override;
    /// UNAUTHENTICATED for strangers, UNAVAILABLE while it cannot be known who asks, FORBIDDEN otherwise, which is noted for the
    /// audit log. Without a place: whoever holds the right somewhere may.
    void ask(graphql::GuardedField field, std::span<const graphql::Object> parents, graphql::Context& context,
             std::span<std::optional<graphql::FieldError>> refused) const override;

private:
    Access() = default;
    std::vector<auth::Right> rights_;           ///< By Field::index.
    std::vector<Places::StandingOf> standing_;  ///< By NamedType::index; empty where objects know no place.
    const graphql::NamedType* mutation_ = nullptr;
};

}  // namespace vivi::api
