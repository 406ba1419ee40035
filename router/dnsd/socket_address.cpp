// sockaddr_in and sockaddr_in6.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/socket_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace vivi::dnsd {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

}  // namespace

KernelAddress to_kernel(const Endpoint& endpoint, std::uint32_t interface) noexcept {
    KernelAddress made;
    if (const auto ipv4 = from_mapped(endpoint.address)) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(endpoint.port);
        in.sin_addr.s_addr = htonl(ipv4->value);
        std::memcpy(&made.storage, &in, sizeof in);
        made.size = sizeof in;
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(endpoint.port);
        std::memcpy(&in.sin6_addr, endpoint.address.octets.data(), endpoint.address.octets.size());
        if (is_link_local(endpoint.address)) in.sin6_scope_id = interface;
        std::memcpy(&made.storage, &in, sizeof in);
        made.size = sizeof in;
    }
    return made;
}

Endpoint from_kernel(const sockaddr_storage& storage) noexcept {
    Endpoint made;
    if (storage.ss_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &storage, sizeof in);
        made.address = to_mapped(Ipv4{ntohl(in.sin_addr.s_addr)});
        made.port = ntohs(in.sin_port);
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &storage, sizeof in);
        std::memcpy(made.address.octets.data(), &in.sin6_addr, made.address.octets.size());
        made.port = ntohs(in.sin6_port);
    }
    return made;
}

Result<Endpoint> parse_endpoint(const std::string& text, std::uint16_t port) {
    std::string host = text;
    std::optional<std::uint16_t> given = port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string::npos) return failed(Code::Invalid, text + ": the ] is missing");
        host = text.substr(1, end - 1);
        if (end + 1 != text.size()) given = text[end + 1] == ':' ? parse_port(text.substr(end + 2)) : std::nullopt;
    } else if (std::ranges::count(text, ':') == 1) {
        host = text.substr(0, text.find(':'));
        given = parse_port(text.substr(text.find(':') + 1));
    }
    const auto address = parse_address(host);
    if (!address || !given) return failed(Code::Invalid, text + ": must be an address like 127.0.0.1:5335 or [::1]:5335");
    return Endpoint{.address = *address, .port = *given};
}

std::string to_string(const Endpoint& endpoint) {
    const auto text = to_address_string(endpoint.address);
    return (from_mapped(endpoint.address) ? text : "[" + text + "]") + ":" + std::to_string(endpoint.port);
}

bool is_link_local(const Ipv6& address) noexcept { return address.octets[0] == 0xfe && (address.octets[1] & 0xc0) == 0x80; }

Error socket_error(const std::string& what, int number) {
    const auto detail = what + ": " + std::strerror(number);
    switch (number) {
        case EACCES:
        case EPERM: return {Code::Denied, detail + " (vivi-dnsd needs CAP_NET_BIND_SERVICE: run it by its systemd unit)"};
        case EADDRINUSE:
            return {Code::Conflict, detail + " (stop the other DNS server on this machine; `ss -ulpn sport = :53` names it)"};
        case EADDRNOTAVAIL: return {Code::NotFound, detail};
        case EAFNOSUPPORT: return {Code::NotFound, detail};
        default: return {Code::Internal, detail};
    }
}

}  // namespace vivi::dnsd
