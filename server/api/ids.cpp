// Encoding of ids and cursors.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"

#include <charconv>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "common/core/net.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

/// RFC 9562 section 4, lower case.
bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (is_dash ? c != '-' : !is_digit) return false;
    }
    return true;
}

constexpr std::size_t longest_id = 200;
constexpr std::size_t longest_cursor = 500;  // A name of 63 characters and what is around it.

std::optional<std::string> decoded(std::string_view text, std::size_t longest = longest_id) {
    if (text.size() > longest) return std::nullopt;
    const auto bytes = crypto::from_base64url(text);
    if (!bytes) return std::nullopt;
    return std::string{as_text(*bytes)};
}

constexpr std::string_view cursor_version = "d2:";
constexpr std::string_view sorts = "lfnabr";  // In the order of db::DeviceSort.
constexpr std::size_t uuid_size = 36;
constexpr std::int64_t year_9999_ms = 253'402'300'799'000;  // What timestamptz takes without complaint.

/// A whole number that is not negative, and nothing else.
std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number < 0) return std::nullopt;
    return number;
}

/// What SQL takes as a place of that sort without complaint.
bool is_key(db::DeviceSort sort, std::string_view key) {
    switch (sort) {
        case db::DeviceSort::LastSeen:
        case db::DeviceSort::FirstSeen: {
            const auto at = number_of(key);
            return at && *at <= year_9999_ms * 1'000;
        }
        case db::DeviceSort::Bytes:
        case db::DeviceSort::Rate: return number_of(key).has_value();
        case db::DeviceSort::Address: return parse_ipv4(key) || parse_ipv6(key);
        case db::DeviceSort::Name: return db::clean(key, key.size()) == key;
    }
    return false;
}

std::string version_of(char list) { return std::string{list} + "1:"; }

}  // namespace

std::string to_id(std::string_view type, std::string_view uuid) {
    return crypto::to_base64url(as_bytes(std::string{type}.append(":").append(uuid)));
}

std::optional<std::string> parse_id(std::string_view type, std::string_view id) {
    const auto text = decoded(id);
    if (!text || !text->starts_with(type) || text->size() != type.size() + 37 || (*text)[type.size()] != ':') return std::nullopt;
    auto uuid = text->substr(type.size() + 1);
    if (!is_uuid(uuid)) return std::nullopt;
    return uuid;
}

std::string to_cursor(const db::DevicePlace& place) {
    const auto letter = sorts[static_cast<std::size_t>(place.sort)];
    return crypto::to_base64url(as_bytes(std::string{cursor_version} + letter + ":" + place.id + ":" + place.key));
}

std::optional<db::DevicePlace> parse_cursor(db::DeviceSort sort, std::string_view cursor) {
    const auto text = decoded(cursor, longest_cursor);
    const auto start = std::string{cursor_version} + sorts[static_cast<std::size_t>(sort)] + ":";
    if (!text || !text->starts_with(start)) return std::nullopt;
    const auto rest = std::string_view{*text}.substr(start.size());
    if (rest.size() <= uuid_size || rest[uuid_size] != ':' || !is_uuid(rest.substr(0, uuid_size))) return std::nullopt;
    db::DevicePlace place{
        .sort = sort, .key = std::string{rest.substr(uuid_size + 1)}, .id = std::string{rest.substr(0, uuid_size)}};
    if (!is_key(sort, place.key)) return std::nullopt;
    return place;
}

std::string to_cursor(char list, const RowPlace& place) {
    return crypto::to_base64url(as_bytes(version_of(list) + std::to_string(place.at_ms) + ":" + std::to_string(place.id)));
}

std::optional<RowPlace> parse_cursor(char list, std::string_view cursor) {
    const auto text = decoded(cursor);
    const auto version = version_of(list);
    if (!text || !text->starts_with(version)) return std::nullopt;
    const auto rest = std::string_view{*text}.substr(version.size());
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto at = number_of(rest.substr(0, colon)), id = number_of(rest.substr(colon + 1));
    if (!at || !id || *at > year_9999_ms) return std::nullopt;
    return RowPlace{.at_ms = *at, .id = *id};
}

std::string to_cursor(char list, const UuidPlace& place) {
    return crypto::to_base64url(as_bytes(version_of(list) + std::to_string(place.at_us) + ":" + place.id));
}

std::optional<UuidPlace> parse_uuid_cursor(char list, std::string_view cursor) {
    const auto text = decoded(cursor);
    const auto version = version_of(list);
    if (!text || !text->starts_with(version)) return std::nullopt;
    const auto rest = std::string_view{*text}.substr(version.size());
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos || !is_uuid(rest.substr(colon + 1))) return std::nullopt;
    const auto at_us = number_of(rest.substr(0, colon));
    if (!at_us || *at_us > year_9999_ms * 1'000) return std::nullopt;
    return UuidPlace{.at_us = *at_us, .id = std::string{rest.substr(colon + 1)}};
}

}  // namespace vivi::api
