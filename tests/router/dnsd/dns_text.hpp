// A DNS message as one line of text, so that a test says what it expects in one string.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "common/core/net.hpp"
#include "common/wire/dns_message.hpp"

namespace vivi::test {

inline std::string name_text(const wire::dns::WireName& name) {
    std::string text;
    const auto octets = name.octets();
    for (std::size_t at = 0; octets[at] != std::byte{0};) {
        const auto length = std::to_integer<std::size_t>(octets[at]);
        if (!text.empty()) text += '.';
        text += as_text(octets.subspan(at + 1, length));
        at += length + 1;
    }
    return text.empty() ? "." : text;
}

inline std::string data_text(const wire::dns::Message& message, const wire::dns::Record& record) {
    namespace type = wire::dns::type;
    const auto data = message.data(record);
    if (record.type == type::a) return "A " + to_string(Ipv4{Reader{data}.u32()});
    if (record.type == type::aaaa) {
        Ipv6 address;
        for (std::size_t i = 0; i < 16; ++i) address.octets.at(i) = std::to_integer<std::uint8_t>(data[i]);
        return "AAAA " + to_string(address);
    }
    if (record.type == type::cname) return "CNAME " + name_text(wire::dns::read_name(message.bytes, record.data_at)->name);
    if (record.type == type::ptr) return "PTR " + name_text(wire::dns::read_name(message.bytes, record.data_at)->name);
    if (record.type == type::soa) return "SOA";
    return "TYPE" + std::to_string(record.type) + " " + std::to_string(data.size());
}

/// "NOERROR aa | WWW.example 60 A 192.0.2.1 | ede 15 vivi: …": code, flags that stand out, records, explanation. What cannot be
/// read is "(unreadable)"; 12 bytes without a question are "REFUSED (header)".
inline std::string dns_text(BytesView bytes) {
    static constexpr std::array codes{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
    wire::dns::Message message;
    const auto header = wire::dns::read_header(bytes);
    const bool is_header_only = header && bytes.size() == wire::dns::header_bytes;
    if (!is_header_only && !parse_message(bytes, message)) return "(unreadable)";
    const std::size_t code = is_header_only ? header->flags & 15U : message.rcode();
    std::string text = code < codes.size() ? codes.at(code) : "RCODE" + std::to_string(code);
    if (is_header_only) return text + " (header)";
    if ((header->flags & wire::dns::flag::aa) != 0) text += " aa";
    if ((header->flags & wire::dns::flag::tc) != 0) text += " tc";
    if ((header->flags & wire::dns::flag::ad) != 0) text += " ad";
    for (const auto& record : message.records) {
        if (record.type == wire::dns::type::opt) continue;
        text += " | " + name_text(wire::dns::read_name(message.bytes, record.owner_at)->name) + " " + std::to_string(record.ttl) +
                " " + data_text(message, record);
    }
    if (!message.edns) return text;
    for (Reader in{message.edns->options}; !in.done();) {
        const auto option = in.u16();
        auto value = in.sub(in.u16());
        if (option != 15) continue;
        text += " | ede " + std::to_string(value.u16()) + " ";
        text += as_text(value.rest());
    }
    return text;
}

}  // namespace vivi::test
