// Walking from our own peer towards the client, hop by hop.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/forwarded.hpp"

#include <algorithm>

#include "common/http/fields.hpp"

namespace vivi::http {
namespace {

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view scheme_of(std::string_view text) {
    const auto lower = lower_case(text);
    return lower == "https" ? "https" : lower == "http" ? "http" : "";
}

/// Takes a token or a quoted-string without escapes (no address or scheme needs one) off the front; nothing when there is none.
std::optional<std::string_view> take_value(std::string_view& rest) {
    if (rest.starts_with('"')) {
        const auto end = rest.find_first_of("\"\\", 1);
        if (end == std::string_view::npos || rest[end] == '\\') return std::nullopt;
        const auto value = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        return value;
    }
    const auto end = std::min(rest.find_first_of(",; \t"), rest.size());
    const auto value = rest.substr(0, end);
    if (!is_token(value)) return std::nullopt;
    rest.remove_prefix(end);
    return value;
}

/// Takes one "name=value" off the front into `hop`.
bool take_pair(std::string_view& rest, Hop& hop) {
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos || !is_token(rest.substr(0, equals))) return false;
    const auto name = lower_case(rest.substr(0, equals));
    rest.remove_prefix(equals + 1);
    const auto value = take_value(rest);
    if (!value) return false;
    if (name == "for") hop.client = parse_node(*value);
    if (name == "proto") hop.proto = scheme_of(*value);
    return true;
}

std::vector<Hop> hops_of_forwarded(const Headers& headers) {
    std::vector<Hop> hops;
    for (const auto& [name, value] : headers) {
        if (name != "forwarded") continue;
        auto more = parse_forwarded(value);
        if (!more) more.emplace(1);  // A hop that says nothing ends the way.
        hops.insert(hops.end(), more->begin(), more->end());
    }
    return hops;
}

/// X-Forwarded-Proto says nothing of hops: its last element is of the proxy that spoke last, which is ours.
std::vector<Hop> hops_of_x_forwarded(const Headers& headers) {
    std::vector<Hop> hops;
    std::string_view proto;
    for (const auto& [name, value] : headers) {
        if (name == "x-forwarded-for") {
            for (const auto element : list_of(value)) hops.push_back({.client = parse_node(element)});
        } else if (name == "x-forwarded-proto") {
            const auto elements = list_of(value);
            proto = elements.empty() ? std::string_view{} : scheme_of(elements.back());
        }
    }
    for (auto& hop : hops) hop.proto = proto;
    return hops;
}

}  // namespace

std::optional<Ipv6> parse_node(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto after = text.substr(end + 1);
        if (!after.empty() && !(after.starts_with(':') && is_port(after.substr(1)))) return std::nullopt;
        return parse_ipv6(text.substr(1, end - 1));
    }
    if (const auto address = parse_address(text)) return address;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return std::nullopt;
    const auto address = parse_ipv4(text.substr(0, colon));
    return address ? std::optional{to_mapped(*address)} : std::nullopt;
}

// Forwarded = 1#( [ pair ] *( ";" [ pair ] ) )
std::optional<std::vector<Hop>> parse_forwarded(std::string_view rest) {
    std::vector<Hop> hops(1);
    for (;;) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const bool is_pair = !rest.empty() && rest.front() != ';' && rest.front() != ',';
        if (is_pair && !take_pair(rest, hops.back())) return std::nullopt;
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        if (rest.empty()) return hops;
        if (rest.front() == ',')
            hops.emplace_back();
        else if (rest.front() != ';')
            return std::nullopt;
        rest.remove_prefix(1);
    }
}

Result<Proxies> Proxies::parse(const std::vector<std::string>& trusted, std::string_view field) {
    const bool is_forwarded = lower_case(field) == "forwarded";
    if (!is_forwarded && lower_case(field) != "x-forwarded-for")
        return failed(Code::Invalid, "'" + std::string{field} + "' is neither x-forwarded-for nor forwarded");
    std::vector<IpPrefix> prefixes;
    for (const auto& text : trusted) {
        const auto prefix = parse_ip_prefix(text);
        if (!prefix) return failed(Code::Invalid, "'" + text + "' is not an address or a prefix");
        prefixes.push_back(*prefix);
    }
    return Proxies{std::move(prefixes), is_forwarded ? ForwardedField::Forwarded : ForwardedField::XForwardedFor};
}

bool Proxies::is_trusted(const Ipv6& address) const noexcept {
    return std::ranges::any_of(trusted_, [&](const auto& prefix) { return prefix.contains(address); });
}

void Proxies::apply(Request& request) const {
    if (trusted_.empty()) return;
    auto at = parse_address(request.peer);
    if (!at) return;
    const auto hops = !is_trusted(*at)                      ? std::vector<Hop>{}
                      : field_ == ForwardedField::Forwarded ? hops_of_forwarded(request.headers)
                                                            : hops_of_x_forwarded(request.headers);
    for (auto hop = hops.rbegin(); hop != hops.rend() && is_trusted(*at); ++hop) {
        if (!hop->proto.empty()) request.scheme = hop->proto;
        if (!hop->client) break;
        at = hop->client;
    }
    request.peer = to_address_string(*at);
}

}  // namespace vivi::http
