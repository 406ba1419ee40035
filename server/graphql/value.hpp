// What goes into resolvers and comes out of them: values, opaque objects, arguments, and the caller's own request state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/core/result.hpp"

namespace vivi::graphql {

/// One address per C++ type: tells a wrong cast without RTTI.
using TypeTag = const void*;
namespace detail {
template <class T>
inline constexpr char type_tag = 0;
}  // namespace detail
template <class T>
constexpr TypeTag tag_of() noexcept {
    return &detail::type_tag<std::remove_cv_t<T>>;
}

/// A handle on the api's own C++ value behind a GraphQL object. Engine and language never look inside.
class Object {
public:
    /// No value: the parent of root fields.
    Object() = default;

    /// The operation keeps `value` alive until its response is written. `type` is the GraphQL type's name, needed only where a
    /// field's type is an interface or a union; it must be a literal (or outlive the engine).
    template <class T>
    static Object of(std::shared_ptr<T> value, std::string_view type = {}) {
        return Object{std::shared_ptr<const void>{std::move(value)}, tag_of<T>(), type};
    }
    /// Moves `value` onto the heap and owns it.
    template <class T>
    static Object make(T value, std::string_view type = {}) {
        return of(std::make_shared<const T>(std::move(value)), type);
    }
    /// `value` outlives the operation: it belongs to an object the operation keeps (a child of its parent) or to the process.
    template <class T>
    static Object borrowed(const T& value, std::string_view type = {}) {
        return Object{std::shared_ptr<const void>{std::shared_ptr<const void>{}, &value}, tag_of<T>(), type};
    }

    /// What `of`, `make` or `borrowed` was given. Precondition: the same T.
    template <class T>
    const T& as() const {
        assert(tag_ == tag_of<T>() && "a resolver was registered for another C++ type than its parent returns");
        return *static_cast<const T*>(value_.get());
    }
    template <class T>
    bool holds() const noexcept {
        return tag_ == tag_of<T>();
    }
    std::string_view type() const noexcept { return type_; }

private:
    Object(std::shared_ptr<const void> value, TypeTag tag, std::string_view type)
        : value_{std::move(value)}, tag_{tag}, type_{type} {}

    std::shared_ptr<const void> value_{};  // Shared: one C++ value may stand at many places of a response.
    TypeTag tag_ = nullptr;
    std::string_view type_{};
};

class Value;
using List = std::vector<Value>;

class Fields;

/// Text that is not copied: it outlives the operation, e.g. because the parent object owns it.
struct BorrowedText {
    std::string_view text{};
};

/// A value of the language, in either direction. Enum values are their names (or what Resolvers::enumeration mapped them to).
class Value {
public:
    Value() = default;                ///< null
    Value(std::nullptr_t) {}          // NOLINT(google-explicit-constructor): resolvers return plain C++ values.
    template <std::same_as<bool> T>   // Exactly bool: pointers must not become true.
    Value(T value) : data_{value} {}  // NOLINT
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Value(T value) : data_{static_cast<std::int64_t>(value)} {}  // NOLINT
    template <class T>
        requires std::is_enum_v<T>
    Value(T value) : data_{static_cast<std::int64_t>(value)} {}   // NOLINT: see Resolvers::enumeration.
    Value(double value) : data_{value} {}                         // NOLINT
    Value(BorrowedText value) : data_{value.text} {}              // NOLINT
    Value(std::string value) : data_{std::move(value)} {}         // NOLINT
    Value(std::string_view value) : data_{std::string{value}} {}  // NOLINT: copies; see borrowed().
    Value(const char* value) : data_{std::string{value}} {}       // NOLINT
    Value(List value) : data_{std::move(value)} {}                // NOLINT
    Value(Fields value);                                          // NOLINT
    Value(Object value) : data_{std::move(value)} {}              // NOLINT
    template <class T>
    Value(std::optional<T> value) {  // NOLINT
        if (value) *this = Value{*std::move(value)};
    }

    static Value borrowed(std::string_view text) { return BorrowedText{text}; }

    bool is_null() const noexcept { return std::holds_alternative<std::monostate>(data_); }
    bool is_boolean() const noexcept { return std::holds_alternative<bool>(data_); }
    bool is_integer() const noexcept { return std::holds_alternative<std::int64_t>(data_); }
    bool is_float() const noexcept { return std::holds_alternative<double>(data_); }
    bool is_text() const noexcept { return data_.index() == 4 || data_.index() == 5; }
    bool is_list() const noexcept { return std::holds_alternative<List>(data_); }
    bool is_fields() const noexcept { return std::holds_alternative<std::shared_ptr<const Fields>>(data_); }
    bool is_object() const noexcept { return std::holds_alternative<Object>(data_); }

    // Each has the matching is_…() as its precondition.
    bool boolean() const { return std::get<bool>(data_); }
    std::int64_t integer() const { return std::get<std::int64_t>(data_); }
    /// A float, or an integer as one.
    double number() const { return is_integer() ? static_cast<double>(integer()) : std::get<double>(data_); }
    std::string_view text() const {
        if (const auto* owned = std::get_if<std::string>(&data_)) return *owned;
        return std::get<std::string_view>(data_);
    }
    const List& list() const { return std::get<List>(data_); }
    List& list() { return std::get<List>(data_); }
    const Fields& fields() const { return *std::get<std::shared_ptr<const Fields>>(data_); }
    const Object& object() const { return std::get<Object>(data_); }

    /// The value as a C++ type: bool, an integer, double, std::string(_view), an enum (mapped), Fields, std::vector or
    /// std::optional of those. Precondition: the schema says it is one (then coercion has made sure).
    template <class T>
    T as() const;

private:
    // Fields are shared because they contain Values; input objects are never changed once made.
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::string_view, List, std::shared_ptr<const Fields>,
                 Object>
        data_{};
};

/// Names and values in order: an input object, or a custom scalar that is a JSON object.
class Fields {
public:
    Fields() = default;
    /// The caller keeps names unique.
    explicit Fields(std::vector<std::pair<std::string, Value>> items) : items_{std::move(items)} {}
    /// Null when absent. A field that is present may still be null.
    const Value* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The value of that name, or null.
    const Value& operator[](std::string_view name) const;
    /// Appends; the caller keeps names unique.
    void add(std::string name, Value value);

    bool empty() const noexcept { return items_.empty(); }
    std::size_t size() const noexcept { return items_.size(); }
    const std::vector<std::pair<std::string, Value>>& items() const noexcept { return items_; }

private:
    std::vector<std::pair<std::string, Value>> items_;
};

namespace detail {
template <class T>
struct As {
    static T from(const Value& value) {
        if constexpr (std::is_same_v<T, bool>)
            return value.boolean();
        else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
            return static_cast<T>(value.integer());
        else if constexpr (std::is_floating_point_v<T>)
            return static_cast<T>(value.number());
        else if constexpr (std::is_same_v<T, Fields>)
            return value.fields();
        else
            return T{value.text()};
    }
};
template <class T>
struct As<std::optional<T>> {
    static std::optional<T> from(const Value& value) {
        if (value.is_null()) return std::nullopt;
        return As<T>::from(value);
    }
};
template <class T>
struct As<std::vector<T>> {
    static std::vector<T> from(const Value& value) {
        std::vector<T> items;
        for (const auto& item : value.list()) items.push_back(As<T>::from(item));
        return items;
    }
};
}  // namespace detail

template <class T>
T Value::as() const {
    return detail::As<T>::from(*this);
}

/// A field's arguments after coercion (section 6.4.1): defaults are filled in, absent means absent.
class Arguments {
public:
    Arguments() = default;
    explicit Arguments(Fields values) : values_{std::move(values)} {}

    bool has(std::string_view name) const { return values_.has(name); }
    /// Null when absent or null.
    const Value& operator[](std::string_view name) const { return values_[name]; }
    /// `arguments.get<std::string>("id")`, `arguments.get<std::optional<int>>("first")` (nothing when absent or null).
    template <class T>
    T get(std::string_view name) const {
        return values_[name].template as<T>();
    }
    const Fields& fields() const noexcept { return values_; }

private:
    Fields values_;
};

/// The caller's request state (who is signed in, services), passed to every resolver and never looked at.
class Context {
public:
    Context() = default;
    /// `state` outlives the operation.
    template <class T>
    static Context of(T& state) {
        return Context{&state, tag_of<T>()};
    }

    /// Precondition: the same T as `of` was given.
    template <class T>
    T& get() const {
        assert(tag_ == tag_of<T>() && "the context holds another C++ type");
        return *static_cast<T*>(state_);
    }

private:
    Context(void* state, TypeTag tag) : state_{state}, tag_{tag} {}

    void* state_ = nullptr;
    TypeTag tag_ = nullptr;
};

/// Why a field has no value: becomes an entry of `errors` with `extensions.code` (section 7.1.2), and null in `data`.
struct FieldError {
    std::string message{};          ///< For the client: nothing internal.
    std::string code = "INTERNAL";  ///< Stable, upper case.
    std::string cause{};            ///< For the operator's log only; never sent.

    FieldError() = default;
    FieldError(std::string client_message, std::string stable_code)
        : message{std::move(client_message)}, code{std::move(stable_code)} {}
    /// `return std::unexpected{result.error()}` works in a resolver. What the caller cannot put right is hidden behind a general
    /// sentence.
    FieldError(Error error);  // NOLINT(google-explicit-constructor)
};

using Resolved = std::expected<Value, FieldError>;

/// `return field_error("No such router.", "NOT_FOUND");`
inline std::unexpected<FieldError> field_error(std::string message, std::string code) {
    return std::unexpected{FieldError{std::move(message), std::move(code)}};
}

}  // namespace vivi::graphql
