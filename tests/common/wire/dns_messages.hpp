// Builds DNS messages for tests, record by record, so that wrong ones can be built too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"

namespace vivi::test {

struct DnsRecord {
    Bytes owner{};
    std::uint16_t type = 1;
    std::uint32_t ttl = 60;
    Bytes data{};
};

/// "www.example.org" as labels with their lengths and the root.
inline Bytes labels(std::string_view name) {
    Writer out;
    while (!name.empty()) {
        const auto dot = std::min(name.find('.'), name.size());
        out.u8(static_cast<std::uint8_t>(dot)).put(name.substr(0, dot));
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return out.u8(0).take_bytes();
}
/// A compression pointer.
inline Bytes pointer(std::uint16_t offset) { return Writer{}.u16(static_cast<std::uint16_t>(0xc000 | offset)).take_bytes(); }
/// Where the question's name stands.
inline Bytes question_pointer() { return pointer(12); }

inline DnsRecord a(Bytes owner, std::string_view address, std::uint32_t ttl = 60) {
    return {.owner = std::move(owner), .type = 1, .ttl = ttl, .data = Writer{}.u32(parse_ipv4(address)->value).take_bytes()};
}
inline DnsRecord aaaa(Bytes owner, std::string_view address, std::uint32_t ttl = 60) {
    const auto parsed = *parse_ipv6(address);
    return {.owner = std::move(owner),
            .type = 28,
            .ttl = ttl,
            .data = Writer{}.put(std::as_bytes(std::span{parsed.octets})).take_bytes()};
}
inline DnsRecord cname(Bytes owner, Bytes target, std::uint32_t ttl = 60) {
    return {.owner = std::move(owner), .type = 5, .ttl = ttl, .data = std::move(target)};
}

/// A NOERROR response to a question of type A; flags 0x8180: QR, RD, RA.
inline Bytes dns_response(std::string_view question, const std::vector<DnsRecord>& answers, std::uint16_t flags = 0x8180) {
    Writer out;
    out.u16(0x1234).u16(flags).u16(1).u16(static_cast<std::uint16_t>(answers.size())).u16(0).u16(0);
    out.put(labels(question)).u16(1).u16(1);
    for (const auto& record : answers) {
        out.put(record.owner).u16(record.type).u16(1).u32(record.ttl);
        out.u16(static_cast<std::uint16_t>(record.data.size())).put(record.data);
    }
    return out.take_bytes();
}

}  // namespace vivi::test
