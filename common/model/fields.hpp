// Reads members of a JSON object and collects every problem with its JSON pointer (RFC 6901), so that all are reported at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/core/net.hpp"
#include "common/model/event.hpp"

namespace vivi::model {

using Problems = std::vector<std::string>;  ///< "/networks/0/address: must be an IPv4 prefix"

/// The member of that name; nullptr when there is none, or `object` is no object.
inline const Json* member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

/// A sticky view of one object: a missing or mistyped member gives a zero value and one problem. The object is a document's
/// (Json) or one that goes by (Members, streamed.hpp), which is how both are read by the same rules.
template <class Object>
class FieldsOf {
public:
    using Value = std::remove_cvref_t<decltype(*member(std::declval<const Object&>(), {}))>;

    FieldsOf(const Object& object, std::string pointer) : object_{object}, pointer_{std::move(pointer)}, problems_{&own_} {
        check();
    }
    /// Shares the problem list of an enclosing object.
    FieldsOf(const Object& object, std::string pointer, Problems& problems)
        : object_{object}, pointer_{std::move(pointer)}, problems_{&problems} {
        check();
    }
    FieldsOf(const FieldsOf&) = delete;
    FieldsOf& operator=(const FieldsOf&) = delete;

    std::string text(std::string_view key) { return read<std::string>(key, &Value::is_string, "must be a text"); }
    std::string text(std::string_view key, std::string fallback) { return has(key) ? text(key) : std::move(fallback); }
    std::int64_t integer(std::string_view key) {
        return read<std::int64_t>(key, &Value::is_number_integer, "must be a whole number");
    }
    std::int64_t integer(std::string_view key, std::int64_t fallback) { return has(key) ? integer(key) : fallback; }
    /// In [least, most]; `least` and one problem otherwise.
    std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) {
        const auto before = problems_->size();
        const auto value = integer(key);
        if (problems_->size() != before) return least;
        if (value >= least && value <= most) return value;
        problem(key, "must be in " + std::to_string(least) + ".." + std::to_string(most));
        return least;
    }
    bool flag(std::string_view key, bool fallback) {
        return has(key) ? read<bool>(key, &Value::is_boolean, "must be true or false") : fallback;
    }
    Mac mac(std::string_view key) { return parsed<Mac>(key, parse_mac, "must be a MAC address like 02:00:00:00:00:01"); }
    Ipv4 ipv4(std::string_view key) { return parsed<Ipv4>(key, parse_ipv4, "must be an IPv4 address"); }
    Ipv4Prefix ipv4_prefix(std::string_view key) {
        return parsed<Ipv4Prefix>(key, parse_ipv4_prefix, "must be an IPv4 prefix like 10.66.0.1/22");
    }
    /// The member when it is there and an array; an empty array when it is absent.
    const Json& array(std::string_view key) { return container(key, &Json::is_array, "must be a list", empty_array()); }
    const Json& object(std::string_view key) { return container(key, &Json::is_object, "must be an object", empty_object()); }
    /// A problem when the member is there and no list. For Members, whose lists go by while they are read.
    void expect_list(std::string_view key) {
        const auto* const value = member(object_, key);
        if (value != nullptr && !value->is_array()) problem(key, "must be a list");
    }
    bool has(std::string_view key) const { return member(object_, key) != nullptr; }
    /// Whether there is a text to read; a problem when there is something else.
    bool text_is_there(std::string_view key) {
        asked(key);
        const auto* const value = member(object_, key);
        if (value == nullptr) return false;
        const bool is_text = value->is_string();
        if (!is_text) problem(key, "must be a text");
        return is_text;
    }
    std::string at(std::string_view key) const { return pointer_ + '/' + std::string{key}; }
    void problem(std::string_view key, std::string_view what) { problems_->push_back(at(key).append(": ").append(what)); }

    /// A text that `parse` makes something of; T{} and one problem when the member is missing, no text, or `parse` gives nothing.
    template <class T, class Parse>
    T parsed(std::string_view key, Parse parse, std::string_view what) {
        const auto* const value = expected(key, &Value::is_string, "must be a text");
        if (value == nullptr) return T{};
        const auto result = parse(value->template get_ref<const std::string&>());
        if (!result) problem(key, what);
        return result.value_or(T{});
    }

    /// Members nobody asked for are problems: a typo must not be silence. Call last.
    void refuse_unknown() {
        if (!object_.is_object()) return;
        for (const auto& [key, value] : object_.items()) {
            if (!asked_.contains(key)) problem(escaped(key), "unknown key");
        }
    }
    bool ok() const noexcept { return problems_->empty(); }
    std::size_t problem_count() const noexcept { return problems_->size(); }
    std::string problems() const {
        std::string all;
        for (const auto& one : *problems_) all += (all.empty() ? "" : "; ") + one;
        return all;
    }

private:
    /// RFC 6901 section 3.
    static std::string escaped(std::string_view key) {
        std::string text;
        for (const char c : key) {
            if (c == '~')
                text += "~0";
            else if (c == '/')
                text += "~1";
            else
                text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;  // A problem is one line.
        }
        return text;
    }
    static const Json& empty_array() {
        static const Json empty = Json::array();
        return empty;
    }
    static const Json& empty_object() {
        static const Json empty = Json::object();
        return empty;
    }
    void check() {
        if (!object_.is_object()) problems_->push_back(pointer_ + ": must be an object");
    }
    /// For refuse_unknown(), which only documents need.
    void asked(std::string_view key) {
        if constexpr (std::is_same_v<Object, Json>) asked_.emplace(key);
    }
    /// The member when it is there and as it must be; otherwise one problem and nullptr.
    const Value* expected(std::string_view key, bool (Value::*is)() const noexcept, std::string_view what) {
        asked(key);
        const auto* const value = member(object_, key);
        if (value == nullptr) {
            if (object_.is_object()) problem(key, "is missing");
            return nullptr;
        }
        if ((value->*is)()) return value;
        problem(key, what);
        return nullptr;
    }
    template <class T>
    T read(std::string_view key, bool (Value::*is)() const noexcept, std::string_view what) {
        const auto* const value = expected(key, is, what);
        return value == nullptr ? T{} : value->template get<T>();
    }
    const Json& container(std::string_view key, bool (Json::*is)() const noexcept, std::string_view what, const Json& empty) {
        asked(key);
        const auto* const value = member(object_, key);
        if (value == nullptr) return empty;
        if ((value->*is)()) return *value;
        problem(key, what);
        return empty;
    }

    const Object& object_;
    std::string pointer_;
    std::set<std::string, std::less<>> asked_;
    Problems own_;
    Problems* problems_;
};

using Fields = FieldsOf<Json>;

}  // namespace vivi::model
