// Addresses as values: MAC, IPv4, IPv6, prefixes; parsed and printed in their standard text forms.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vivi {

/// An IEEE 802 MAC-48 address. Text form: six lower-case hexadecimal octets with colons.
struct Mac {
    std::array<std::uint8_t, 6> octets{};

    /// The U/L bit (IEEE 802-2014 section 8.2.2): set by randomised addresses.
    constexpr bool is_locally_administered() const noexcept { return (octets[0] & 0x02) != 0; }
    /// The I/G bit: a group, not a device.
    constexpr bool is_group() const noexcept { return (octets[0] & 0x01) != 0; }
    constexpr auto operator<=>(const Mac&) const = default;
};

/// An IPv4 address in host byte order: 10.0.0.1 is 0x0a000001.
struct Ipv4 {
    std::uint32_t value = 0;
    constexpr auto operator<=>(const Ipv4&) const = default;
};

/// An IPv6 address, network order.
struct Ipv6 {
    std::array<std::uint8_t, 16> octets{};
    constexpr auto operator<=>(const Ipv6&) const = default;
};

/// An IPv4 prefix. Text form: "10.66.0.0/22"; the host bits of `address` are kept, so it can also name an interface address.
struct Ipv4Prefix {
    Ipv4 address{};
    std::uint8_t length = 0;  ///< 0..32

    constexpr std::uint32_t mask() const noexcept { return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length); }
    constexpr Ipv4 network() const noexcept { return {address.value & mask()}; }
    constexpr Ipv4 broadcast() const noexcept { return {address.value | ~mask()}; }
    constexpr bool contains(Ipv4 other) const noexcept { return (other.value & mask()) == network().value; }
    constexpr auto operator<=>(const Ipv4Prefix&) const = default;
};

/// A prefix of either family. IPv4 is kept mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), so that both families are one type.
struct IpPrefix {
    Ipv6 address{};           ///< Host bits are zero.
    std::uint8_t length = 0;  ///< Of the mapped form: 0..128; an IPv4 /24 is 120.

    bool is_ipv4() const noexcept;
    /// Length as written for its family: 0..32 or 0..128.
    std::uint8_t written_length() const noexcept { return is_ipv4() ? static_cast<std::uint8_t>(length - 96) : length; }
    /// `other` is an IPv6 address, or an IPv4 one mapped. A prefix of one family holds no address of the other.
    bool contains(const Ipv6& other) const noexcept;
    constexpr auto operator<=>(const IpPrefix&) const = default;
};

/// ::ffff:a.b.c.d
constexpr Ipv6 to_mapped(Ipv4 address) noexcept {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, static_cast<std::uint8_t>(address.value >> 24),
             static_cast<std::uint8_t>(address.value >> 16), static_cast<std::uint8_t>(address.value >> 8),
             static_cast<std::uint8_t>(address.value)}};
}
/// The IPv4 address inside a mapped one, or nothing.
std::optional<Ipv4> from_mapped(const Ipv6& address) noexcept;

/// "aa:bb:cc:dd:ee:ff" in either case, or nothing.
std::optional<Mac> parse_mac(std::string_view text) noexcept;
/// Dotted quad without leading zeros (RFC 6943 section 3.1.1, strict form), or nothing.
std::optional<Ipv4> parse_ipv4(std::string_view text) noexcept;
/// RFC 4291 section 2.2 text, without zone, or nothing.
std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept;
/// "a.b.c.d/n" with n in 0..32, or nothing.
std::optional<Ipv4Prefix> parse_ipv4_prefix(std::string_view text) noexcept;
/// "a.b.c.d/n", "x::y/n", or an address alone (all of its bits), or nothing. Host bits must be zero: a typing error is not
/// guessed at.
std::optional<IpPrefix> parse_ip_prefix(std::string_view text) noexcept;
/// "a.b.c.d" (mapped) or RFC 4291 text, or nothing.
std::optional<Ipv6> parse_address(std::string_view text) noexcept;

std::string to_string(Mac mac);
std::string to_string(Ipv4 address);
/// The canonical form of RFC 5952.
std::string to_string(const Ipv6& address);
std::string to_string(Ipv4Prefix prefix);
/// As parse_ip_prefix reads it, always with its length.
std::string to_string(const IpPrefix& prefix);
/// Dotted quad for a mapped address, RFC 5952 otherwise.
std::string to_address_string(const Ipv6& address);

}  // namespace vivi

template <>
struct std::hash<vivi::Mac> {
    std::size_t operator()(const vivi::Mac& mac) const noexcept {
        std::uint64_t value = 0;
        for (const auto octet : mac.octets) value = value << 8 | octet;
        return std::hash<std::uint64_t>{}(value);
    }
};
template <>
struct std::hash<vivi::Ipv4> {
    std::size_t operator()(vivi::Ipv4 address) const noexcept { return std::hash<std::uint32_t>{}(address.value); }
};
template <>
struct std::hash<vivi::Ipv6> {
    std::size_t operator()(const vivi::Ipv6& address) const noexcept {
        std::uint64_t value = 0xcbf29ce484222325ULL;  // FNV-1a.
        for (const auto octet : address.octets) value = (value ^ octet) * 0x100000001b3ULL;
        return static_cast<std::size_t>(value);
    }
};
