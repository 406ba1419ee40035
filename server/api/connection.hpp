// What lists of rows share: fields of a connection, `first` and `after`, and fields that every parent waits for by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/api/call.hpp"
#include "server/api/ids.hpp"
#include "server/api/page_info.hpp"

namespace vivi::api {

/// edges and pageInfo of `<noun>Connection`, cursor and node of `<noun>Edge`. A Connection has `has_previous` and a `page` with
/// `rows` and `has_next`.
template <class Connection, class Row>
void add_connection(graphql::Resolvers& resolvers, const std::string& noun, std::string (*cursor_of)(const Row&)) {
    resolvers.of<Connection>(noun + "Connection")
        .field("edges", [](const Connection& connection) { return borrowed_list(connection.page.rows); })
        .field("pageInfo", [cursor_of](const Connection& connection) {
            const auto& page = connection.page;
            return graphql::Value{graphql::Object::make(page_info(page.rows, page.has_next, connection.has_previous, cursor_of))};
        });
    resolvers.of<Row>(noun + "Edge")
        .field("cursor", [cursor_of](const Row& row) { return cursor_of(row); })
        .field("node", [](const Row& row) { return graphql::Value{graphql::Object::borrowed(row)}; });
}

/// BAD_USER_INPUT when `first` is not 1 to `most`.
inline std::expected<void, graphql::FieldError> check_first(const graphql::Arguments& arguments, int most) {
    const auto first = arguments.get<int>("first");
    if (first >= 1 && first <= most) return {};
    return graphql::field_error("`first` must be 1 to " + std::to_string(most) + ".", "BAD_USER_INPUT");
}

/// `first` (1 to `most`) and `after` of a list of rows with uuids, checked.
inline std::expected<std::optional<UuidPlace>, graphql::FieldError> uuid_place_of(const graphql::Arguments& arguments, char list,
                                                                                  int most) {
    if (auto checked = check_first(arguments, most); !checked) return std::unexpected{std::move(checked).error()};
    const auto after = arguments.get<std::optional<std::string>>("after");
    if (!after) return std::optional<UuidPlace>{};
    const auto place = parse_uuid_cursor(list, *after);
    if (!place) return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    return place;
}
/// The same of a list of numbered rows.
inline std::expected<std::optional<RowPlace>, graphql::FieldError> row_place_of(const graphql::Arguments& arguments, char list,
                                                                                int most) {
    if (auto checked = check_first(arguments, most); !checked) return std::unexpected{std::move(checked).error()};
    const auto after = arguments.get<std::optional<std::string>>("after");
    if (!after) return std::optional<RowPlace>{};
    const auto place = parse_cursor(list, *after);
    if (!place) return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    return place;
}

/// A field that is fetched for one parent after the other.
template <class Parent>
graphql::Batch each(Task<graphql::Resolved> (*resolve)(Call&, const Parent&, const graphql::Arguments&)) {
    return [resolve](std::span<const graphql::Object> parents, const graphql::Arguments& arguments,
                     graphql::Context& context) -> Task<std::vector<graphql::Resolved>> {
        std::vector<graphql::Resolved> values;
        for (const auto& parent : parents) {
            auto value = co_await resolve(context.get<Call>(), parent.as<Parent>(), arguments);
            values.push_back(std::move(value));
        }
        co_return values;
    };
}

/// A member that may be absent: a borrowed object, or null.
template <class T>
graphql::Value borrowed_or_null(const std::optional<T>& value) {
    return value ? graphql::Value{graphql::Object::borrowed(*value)} : graphql::Value{};
}

/// "lan_party", as the database has it, as the enum value LAN_PARTY, and back.
inline std::string to_enum_name(std::string text) {
    for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}
inline std::string from_enum_name(std::string_view name) {
    std::string text{name};
    for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

}  // namespace vivi::api
