// Media types and q-values.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/media.hpp"

#include <algorithm>

#include "common/http/fields.hpp"

namespace vivi::transport {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `name` is lower case.
bool is(std::string_view text, std::string_view name) {
    return std::ranges::equal(text, name, [](char have, char want) { return lower(have) == want; });
}

/// A parameter's value, without its quotes.
std::string_view unquoted(std::string_view text) {
    return text.size() >= 2 && text.starts_with('"') && text.ends_with('"') ? text.substr(1, text.size() - 2) : text;
}

/// Takes the part before `separator` off the front.
std::string_view next_part(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return http::trimmed(part);
}

/// Of the text it was read from.
struct Range {
    std::string_view type{};
    std::string_view charset{};
    int quality = 1000;  ///< Thousandths (RFC 9110 section 12.4.2).
};

/// "0", "1", "0.5", "0.125" as thousandths; nothing else is a quality and counts as zero.
int parse_quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return 0;
    int value = (text[0] - '0') * 1000;
    int weight = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') return 0;
        value += (c - '0') * weight;
        weight /= 10;
    }
    return std::min(value, 1000);
}

Range parse_range(std::string_view text) {
    Range range{.type = next_part(text, ';')};
    while (!text.empty()) {
        auto parameter = next_part(text, ';');
        const auto name = next_part(parameter, '=');
        if (is(name, "q")) range.quality = parse_quality(unquoted(parameter));
        if (is(name, "charset")) range.charset = unquoted(parameter);
    }
    return range;
}

bool is_utf8_or_absent(std::string_view charset) { return charset.empty() || is(charset, "utf-8") || is(charset, "utf8"); }

constexpr std::string_view json = "application/json";
constexpr std::string_view graphql_response = "application/graphql-response+json";

/// How exactly a range names a type: 0 not at all, 3 by its name.
int specificity(const Range& range, std::string_view type) {
    if (!is_utf8_or_absent(range.charset)) return 0;
    if (is(range.type, type)) return 3;
    if (is(range.type, "application/*")) return 2;
    return range.type == "*/*" ? 1 : 0;
}

}  // namespace

std::string_view content_type(Media media) {
    switch (media) {
        case Media::Json: return "application/json; charset=utf-8";
        case Media::GraphqlResponse: return "application/graphql-response+json; charset=utf-8";
    }
    return json;
}

std::optional<Media> negotiate(std::optional<std::string_view> accept) {
    if (!accept || http::trimmed(*accept).empty()) return Media::Json;
    struct Offer {
        Media media;
        std::string_view type;
        int specificity = 0;
        int quality = 0;
        std::size_t position = 0;
    };
    Offer offers[] = {{Media::Json, json}, {Media::GraphqlResponse, graphql_response}};
    auto rest = *accept;
    for (std::size_t position = 0; !rest.empty() && position < 64; ++position) {
        const auto range = parse_range(next_part(rest, ','));
        for (auto& offer : offers) {
            const auto how = specificity(range, offer.type);
            if (how <= offer.specificity) continue;  // The most specific range decides (RFC 9110 section 12.5.1).
            offer.specificity = how;
            offer.quality = range.quality;
            offer.position = position;
        }
    }
    const Offer* best = nullptr;
    for (const auto& offer : offers) {
        if (offer.quality == 0) continue;
        const bool is_better =
            !best || offer.quality > best->quality || (offer.quality == best->quality && offer.position < best->position);
        if (is_better) best = &offer;
    }
    if (!best) return std::nullopt;
    return best->media;
}

bool is_json_request(std::string_view text) {
    const auto range = parse_range(text);
    return is(range.type, json) && is_utf8_or_absent(range.charset);
}

}  // namespace vivi::transport
