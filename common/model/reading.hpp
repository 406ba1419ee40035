// Reading of the configuration document's recurring shapes: enumerators, lists of texts, lists of objects.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/model/fields.hpp"

namespace vivi::model {

/// The spelling of an enumerator in the document; the index is the enumerator's value.
template <std::size_t N>
using Names = std::array<std::string_view, N>;

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const Names<N>& names) {
    return names.at(static_cast<std::size_t>(value));
}

/// The enumerator that `key` spells; `fallback` when it is absent or, with a problem, something else.
template <class Enum, std::size_t N>
Enum enumerator(Fields& in, std::string_view key, const Names<N>& names, Enum fallback) {
    if (!in.text_is_there(key)) return fallback;
    const auto text = in.text(key);
    for (std::size_t i = 0; i < N; ++i) {
        if (names.at(i) == text) return static_cast<Enum>(i);
    }
    std::string what = "must be one of";
    for (const auto name : names) what.append(" ").append(name);
    in.problem(key, what);
    return fallback;
}

/// A list of values that are text in the document; `parse` gives an optional. What is none stays as a T{} with a problem, so that
/// positions are those of the document.
template <class T, class Parse>
std::vector<T> text_list(Fields& in, std::string_view key, std::string_view what, Parse parse) {
    std::vector<T> values;
    std::size_t index = 0;
    for (const auto& element : in.array(key)) {
        const auto value = element.is_string() ? parse(element.template get<std::string>()) : std::nullopt;
        if (!value) in.problem(std::string{key} + '/' + std::to_string(index), what);
        values.push_back(value.value_or(T{}));
        ++index;
    }
    return values;
}

inline std::optional<std::string> any_text(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

/// A list of objects; `read` takes the Fields of one. Unknown members are problems.
template <class T, class Read>
std::vector<T> object_list(Fields& in, std::string_view key, Problems& problems, Read read) {
    std::vector<T> values;
    std::size_t index = 0;
    for (const auto& element : in.array(key)) {
        Fields row{element, in.at(key) + '/' + std::to_string(index++), problems};
        values.push_back(element.is_object() ? read(row) : T{});
        row.refuse_unknown();
    }
    return values;
}

/// Of UTF-8: bytes that begin one.
inline std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

inline bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// What people call something: for Fields::parsed.
inline std::optional<std::string> short_name(std::string text) {
    if (text.empty() || characters(text) > 63 || has_control_character(text)) return std::nullopt;
    return text;
}
inline constexpr std::string_view short_name_rule = "must have 1 to 63 characters, none of them a control character";

template <class T>
Json texts(const std::vector<T>& values) {
    Json list = Json::array();
    for (const auto& value : values) {
        if constexpr (std::is_same_v<T, std::string>)
            list.push_back(value);
        else
            list.push_back(to_string(value));
    }
    return list;
}

}  // namespace vivi::model
