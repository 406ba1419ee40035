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

}  // namespace vivi
