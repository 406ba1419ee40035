// Text forms of addresses.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/net.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace vivi {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::optional<std::uint8_t> hex_octet(std::string_view two) noexcept {
    std::uint8_t value = 0;
    const auto [end, error] = std::from_chars(two.data(), two.data() + two.size(), value, 16);
    if (error != std::errc{} || end != two.data() + two.size()) return std::nullopt;
    return value;
}

/// A decimal number of at most `maximum`, no sign, no leading zero.
std::optional<unsigned> small_decimal(std::string_view digits, unsigned maximum) noexcept {
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value > maximum) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Mac> parse_mac(std::string_view text) noexcept {
    if (text.size() != 17) return std::nullopt;
    Mac mac;
    for (std::size_t i = 0; i < 6; ++i) {
        if (i > 0 && text[i * 3 - 1] != ':') return std::nullopt;
        const auto octet = hex_octet(text.substr(i * 3, 2));
        if (!octet) return std::nullopt;
        mac.octets[i] = *octet;
    }
    return mac;
}

std::optional<Ipv4> parse_ipv4(std::string_view text) noexcept {
    Ipv4 address;
    for (int part = 0; part < 4; ++part) {
        const auto dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return std::nullopt;
        const auto octet = small_decimal(text.substr(0, dot), 255);
        if (!octet) return std::nullopt;
        address.value = address.value << 8 | *octet;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return address;
}

std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (text.size() >= buffer.size()) return std::nullopt;
    std::copy(text.begin(), text.end(), buffer.begin());
    Ipv6 address;
    if (inet_pton(AF_INET6, buffer.data(), address.octets.data()) != 1) return std::nullopt;
    return address;
}

std::optional<Ipv4Prefix> parse_ipv4_prefix(std::string_view text) noexcept {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = parse_ipv4(text.substr(0, slash));
    const auto length = small_decimal(text.substr(slash + 1), 32);
    if (!address || !length) return std::nullopt;
    return Ipv4Prefix{*address, static_cast<std::uint8_t>(*length)};
}

std::string to_string(Mac mac) {
    std::string text;
    text.reserve(17);
    for (const auto octet : mac.octets) {
        if (!text.empty()) text += ':';
        text += hex_digits[octet >> 4];
        text += hex_digits[octet & 0x0f];
    }
    return text;
}

std::string to_string(Ipv4 address) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        if (shift != 24) text += '.';
        text += std::to_string(address.value >> shift & 0xff);
    }
    return text;
}

std::string to_string(const Ipv6& address) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(AF_INET6, address.octets.data(), buffer.data(), buffer.size());
    return buffer.data();
}

std::string to_string(Ipv4Prefix prefix) { return to_string(prefix.address) + '/' + std::to_string(prefix.length); }

namespace {

constexpr std::uint8_t mapped_bits = 96;

/// The bits of `address` behind its first `length` are zero.
bool has_no_host_bits(const Ipv6& address, std::uint8_t length) noexcept {
    for (unsigned bit = length; bit < 128; ++bit) {
        if ((address.octets[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
}

}  // namespace

std::optional<Ipv4> from_mapped(const Ipv6& address) noexcept {
    const auto& o = address.octets;
    if (!std::all_of(o.begin(), o.begin() + 10, [](auto octet) { return octet == 0; }) || o[10] != 0xff || o[11] != 0xff)
        return std::nullopt;
    return Ipv4{static_cast<std::uint32_t>(o[12]) << 24 | static_cast<std::uint32_t>(o[13]) << 16 |
                static_cast<std::uint32_t>(o[14]) << 8 | o[15]};
}

bool IpPrefix::is_ipv4() const noexcept { return length >= mapped_bits && from_mapped(address).has_value(); }

bool IpPrefix::contains(const Ipv6& other) const noexcept {
    if (is_ipv4() != from_mapped(other).has_value()) return false;  // ::/0 is all of IPv6, and none of IPv4.
    const unsigned whole = length / 8, rest = length % 8;
    if (!std::equal(address.octets.begin(), address.octets.begin() + whole, other.octets.begin())) return false;
    return rest == 0 || (address.octets[whole] ^ other.octets[whole]) >> (8 - rest) == 0;
}

std::optional<Ipv6> parse_address(std::string_view text) noexcept {
    if (const auto ipv4 = parse_ipv4(text)) return to_mapped(*ipv4);
    return parse_ipv6(text);
}

std::optional<IpPrefix> parse_ip_prefix(std::string_view text) noexcept {
    const auto slash = text.find('/');
    const auto ipv4 = parse_ipv4(text.substr(0, slash));
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    unsigned length = ipv4 ? 32 : 128;
    if (slash != std::string_view::npos) {
        const auto written = small_decimal(text.substr(slash + 1), length);
        if (!written) return std::nullopt;
        length = *written;
    }
    const IpPrefix prefix{.address = *address, .length = static_cast<std::uint8_t>(length + (ipv4 ? mapped_bits : 0))};
    if (!has_no_host_bits(prefix.address, prefix.length)) return std::nullopt;
    return prefix;
}

std::string to_string(const IpPrefix& prefix) {
    return to_address_string(prefix.address) + "/" + std::to_string(prefix.written_length());
}

std::string to_address_string(const Ipv6& address) {
    const auto ipv4 = from_mapped(address);
    return ipv4 ? to_string(*ipv4) : to_string(address);
}

}  // namespace vivi
