// Ids and cursors as clients see them: opaque, typed, and checked before they come near SQL. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/db/device_pages.hpp"

namespace vivi::api {

/// base64url("Device:<uuid>")
std::string to_id(std::string_view type, std::string_view uuid);
/// The uuid (lower case) of an id of exactly that type.
std::optional<std::string> parse_id(std::string_view type, std::string_view id);

/// Version, sort, place and id of a device, base64url. Clients keep and return it, nothing else.
std::string to_cursor(const db::DevicePlace& place);
/// Nothing for a cursor of another sort too: places of one mean nothing in another.
std::optional<db::DevicePlace> parse_cursor(db::DeviceSort sort, std::string_view cursor);

/// A place in a list of numbered rows, newest first.
struct RowPlace {
    std::int64_t at_ms = 0;
    std::int64_t id = 0;
    bool operator==(const RowPlace&) const = default;
};
/// `list`: one letter, so that a cursor of one list is not taken for one of another.
std::string to_cursor(char list, const RowPlace& place);
std::optional<RowPlace> parse_cursor(char list, std::string_view cursor);

/// A place in a list of rows with uuids, in the order of a time.
struct UuidPlace {
    std::int64_t at_us = 0;
    std::string id{};
    bool operator==(const UuidPlace&) const = default;
};
std::string to_cursor(char list, const UuidPlace& place);
std::optional<UuidPlace> parse_uuid_cursor(char list, std::string_view cursor);

}  // namespace vivi::api
