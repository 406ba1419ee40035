// Encoding of ids and cursors.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"

#include <charconv>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"

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

std::optional<std::string> decoded(std::string_view text) {
    constexpr std::size_t longest = 200;
    if (text.size() > longest) return std::nullopt;
    const auto bytes = crypto::from_base64url(text);
    if (!bytes) return std::nullopt;
    return std::string{as_text(*bytes)};
}

constexpr std::string_view cursor_version = "d1:";

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

std::string to_cursor(const db::DevicePosition& position) {
    return crypto::to_base64url(as_bytes(std::string{cursor_version} + std::to_string(position.seen_us) + ":" + position.id));
}

std::optional<db::DevicePosition> parse_cursor(std::string_view cursor) {
    const auto text = decoded(cursor);
    if (!text || !text->starts_with(cursor_version)) return std::nullopt;
    const auto rest = std::string_view{*text}.substr(cursor_version.size());
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos || !is_uuid(rest.substr(colon + 1))) return std::nullopt;
    db::DevicePosition position{.id = std::string{rest.substr(colon + 1)}};
    const auto* const end = rest.data() + colon;
    const auto [stop, error] = std::from_chars(rest.data(), end, position.seen_us);
    constexpr std::int64_t far = 253'402'300'799'000'000;  // The year 9999: what timestamptz takes without complaint.
    if (error != std::errc{} || stop != end || position.seen_us < 0 || position.seen_us > far) return std::nullopt;
    return position;
}

}  // namespace vivi::api
