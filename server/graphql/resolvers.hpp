// How fields get their values: C++ functions registered by type and field name, checked against the schema at start-up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/runtime/task.hpp"
#include "server/graphql/schema.hpp"
#include "server/graphql/value.hpp"

namespace vivi::graphql {

/// Where a subscription's events come from. Destroyed when the subscriber leaves; a waiting next() is then cancelled by Asio.
class Source {
public:
    virtual ~Source() = default;
    /// The next value of the subscribed field; nothing: the stream has ended; an error: it has failed and ends.
    virtual Task<std::expected<std::optional<Value>, FieldError>> next() = 0;
};

/// A source whose next event depends only on where it stands, so that subscribers who stand at the same place share one look, one
/// execution and one text. One loop. Destroyed like any Source.
class SharedSource : public Source {
public:
    /// Waits until there may be something new. The number rises with what there is to see: whoever looks after being told `n`
    /// sees everything that others were woken for with `n` or less.
    virtual Task<std::expected<std::uint64_t, FieldError>> wait() = 0;
    /// All that the next event depends on beside the operation: whose view it is (tenant, rights), of what, and how far it has
    /// seen.
    virtual std::string standing() const = 0;
    /// Looks once from where it stands and moves on: the event, or nothing when nothing is new.
    virtual Task<std::expected<std::optional<Value>, FieldError>> look() = 0;
    /// Where it stands, to be given to another source of the same standing. Immutable once given.
    virtual std::shared_ptr<const void> position() const = 0;  // Shared by all who stand there.
    /// Stands where another stood after it had looked in its place.
    virtual void move_to(const std::shared_ptr<const void>& position) = 0;

    /// Alone: waits and looks until there is an event.
    Task<std::expected<std::optional<Value>, FieldError>> next() final;
};

/// A value that is at hand: no waiting, called once per object.
using Property = std::function<Resolved(const Object& parent, const Arguments&, Context&)>;
/// A value that must be fetched: called once per plan step with *all* its parents, so that N+1 queries cannot be written.
/// Answers with exactly one value for each parent, in their order. Root fields have one parent, the empty Object.
using Batch = std::function<Task<std::vector<Resolved>>(std::span<const Object> parents, const Arguments&, Context&)>;
/// A root field of the subscription type: opens its source (section 6.2.3.1), or refuses.
using Stream = std::function<Task<std::expected<std::unique_ptr<Source>, FieldError>>(const Arguments&, Context&)>;
/// For objects that know their fields by name (a JSON document): used where nothing else is registered.
using AnyProperty = std::function<Resolved(const Object& parent, const Field& field, const Arguments&, Context&)>;

/// Every registration of a program. Nothing is looked up here: Engine::make() checks all of it and compiles it into the schema.
class Resolvers {
public:
    Resolvers& property(std::string type, std::string field, Property resolve);
    Resolvers& batch(std::string type, std::string field, Batch resolve);
    Resolvers& stream(std::string field, Stream open);
    Resolvers& scalar(std::string type, Scalar hooks);
    /// For fields with no resolver of their own.
    Resolvers& otherwise(AnyProperty resolve);

    /// Maps a C++ enum to the names in the schema: results may be the enum itself, arguments arrive as `get<E>(…)`.
    template <class E>
    Resolvers& enumeration(std::string type, std::initializer_list<std::pair<E, std::string_view>> names) {
        auto& map = enumerations_[std::move(type)];
        for (const auto& [value, name] : names) map.emplace_back(static_cast<std::int64_t>(value), std::string{name});
        return *this;
    }

    /// Registers fields of `type` whose parents are T: `resolvers.of<Device>("Device").field("mac", [](const Device& d) { return
    /// …; })`.
    template <class T>
    class TypeFields {
    public:
        TypeFields(Resolvers& resolvers, std::string type) : resolvers_{resolvers}, type_{std::move(type)} {}

        /// `resolve` takes (const T&) or (const T&, const Arguments&, Context&) and returns what a Value (or Resolved) is made
        /// of.
        template <class F>
        TypeFields& field(std::string name, F resolve) {
            resolvers_.property(
                type_, std::move(name),
                [resolve = std::move(resolve)](const Object& parent, const Arguments& arguments, Context& context) -> Resolved {
                    if constexpr (std::is_invocable_v<F, const T&>) {
                        static_cast<void>(arguments), static_cast<void>(context);
                        return resolve(parent.as<T>());
                    } else {
                        return resolve(parent.as<T>(), arguments, context);
                    }
                });
            return *this;
        }
        /// A string member, not copied.
        TypeFields& field(std::string name, std::string T::* member) {
            return field(std::move(name),
                         [member](const T& value) { return Resolved{std::in_place, BorrowedText{value.*member}}; });
        }
        /// A member that is a bool, an integer, a double or a mapped enum.
        template <class M>
            requires std::is_arithmetic_v<M> || std::is_enum_v<M>
        TypeFields& field(std::string name, M T::* member) {
            return field(std::move(name), [member](const T& value) { return Resolved{std::in_place, value.*member}; });
        }

    private:
        Resolvers& resolvers_;
        std::string type_;
    };
    template <class T>
    TypeFields<T> of(std::string type) {
        return {*this, std::move(type)};
    }

    using Entry = std::variant<Property, Batch>;
    struct Registration {
        std::string type{};
        std::string field{};
        Entry resolve{};
    };
    using EnumNames = std::vector<std::pair<std::int64_t, std::string>>;

    // What Engine::make() reads.
    const std::vector<Registration>& registrations() const noexcept { return registrations_; }
    const std::vector<std::pair<std::string, Stream>>& streams() const noexcept { return streams_; }
    const std::map<std::string, Scalar, std::less<>>& scalars() const noexcept { return scalars_; }
    const std::map<std::string, EnumNames, std::less<>>& enumerations() const noexcept { return enumerations_; }
    const AnyProperty& any() const noexcept { return any_; }

private:
    std::vector<Registration> registrations_;
    std::vector<std::pair<std::string, Stream>> streams_;
    std::map<std::string, Scalar, std::less<>> scalars_;
    std::map<std::string, EnumNames, std::less<>> enumerations_;
    AnyProperty any_;
};

}  // namespace vivi::graphql
