// Host, Origin, cookies and forms.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/page_rules.hpp"

#include "common/core/net.hpp"

namespace vivi::openvivi_embedded {
namespace {

/// Without a port.
std::string_view host_of(std::string_view field) {
    if (field.starts_with('[')) return field.substr(0, field.find(']') + 1);
    return field.substr(0, field.find(':'));
}

}  // namespace

bool is_for_the_router(const http::Request& request) {
    const auto host = host_of(http::find(request.headers, "host").value_or(""));
    if (host == "vivi.lan" || host == "VIVI.LAN" || host == "vivi.lan.") return true;
    if (host.starts_with('[') && host.ends_with(']')) return parse_address(host.substr(1, host.size() - 2)).has_value();
    return parse_ipv4(host).has_value();
}

bool is_from_our_page(const http::Request& request) {
    const auto host = http::find(request.headers, "host"), origin = http::find(request.headers, "origin");
    const auto site = http::find(request.headers, "sec-fetch-site");
    return host && origin && *origin == "http://" + std::string{*host} && (!site || *site == "same-origin");
}

std::string cookie(const http::Request& request, std::string_view name) {
    for (std::string_view rest = http::find(request.headers, "cookie").value_or(""); !rest.empty();) {
        auto pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) return std::string{pair.substr(equals + 1)};
    }
    return {};
}

std::optional<std::map<std::string, std::string>> parse_form(const http::Request& request) {
    const auto type = http::find(request.headers, "content-type").value_or("");
    if (!type.starts_with("application/x-www-form-urlencoded")) return std::nullopt;
    std::map<std::string, std::string> form;
    for (std::string_view rest = request.body; !rest.empty();) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        auto name = http::decode_component(pair.substr(0, equals));
        auto value = http::decode_component(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        form.emplace(*std::move(name), *std::move(value));
    }
    return form;
}

}  // namespace vivi::openvivi_embedded
