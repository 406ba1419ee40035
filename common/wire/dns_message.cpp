// Names and records of a DNS message, every loop bounded by a constant or by the bytes there are.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns_message.hpp"

#include <algorithm>

namespace vivi::wire::dns {
namespace {

constexpr int most_jumps = 64;  // Of one name; a writer that compresses needs one.
constexpr std::size_t most_message = 65'535;
constexpr std::size_t most_options = 64;

/// RFC 1035 section 4.1.4. Each pointer must lead to before the labels that it ends, so a chain of them cannot cycle; jumps and
/// octets are bounded too. Moves `at` behind the field; puts the labels into `name` unless it is null.
bool follow_name(BytesView message, std::size_t& at, WireName* name) noexcept {
    if (name) name->clear();
    std::size_t octets = 1, start = at, position = at;
    int jumps = 0;
    for (;;) {
        if (position >= message.size()) return false;
        const auto length = std::to_integer<std::size_t>(message[position]);
        if (length == 0) break;
        if ((length & 0xc0) == 0xc0) {
            if (position + 1 >= message.size() || jumps == most_jumps) return false;
            const auto target = (length & 0x3f) << 8 | std::to_integer<std::size_t>(message[position + 1]);
            if (target >= start) return false;
            if (jumps++ == 0) at = position + 2;
            start = position = target;
            continue;
        }
        octets += length + 1;
        if (length > 63 || octets > WireName::most_octets || position + 1 + length > message.size()) return false;
        if (name) name->append(message.subspan(position + 1, length));
        position += length + 1;
    }
    if (jumps == 0) at = position + 1;
    return true;
}

/// RFC 6891 section 6.1.2: pairs of code and value. Their number is bounded too.
bool are_options(BytesView bytes) noexcept {
    Reader in{bytes};
    for (std::size_t i = 0; i < most_options && !in.done(); ++i) {
        in.u16();
        in.take(in.u16());
    }
    return in.ok() && in.done();
}

bool read_edns(const Message& message, const Record& record, std::uint32_t wire_ttl, Edns& edns) noexcept {
    edns.payload = std::max(record.klass, plain_payload);  // RFC 6891 section 6.2.3: less counts as 512.
    edns.extended_rcode = static_cast<std::uint8_t>(wire_ttl >> 24);
    edns.version = static_cast<std::uint8_t>(wire_ttl >> 16);
    edns.dnssec_ok = (wire_ttl & 0x8000) != 0;
    edns.options = message.data(record);
    const bool is_at_root = message.bytes[record.owner_at] == std::byte{0};
    return is_at_root && record.section == Section::Additional && are_options(edns.options);
}

/// The record at `at`, which is moved behind it.
std::expected<void, ParseError> read_record(Message& message, std::size_t& at, Section section) {
    std::size_t fields_at = at;
    if (!follow_name(message.bytes, fields_at, nullptr)) return std::unexpected{ParseError::Malformed};
    Reader in{message.bytes.subspan(fields_at)};
    Record record{.section = section, .owner_at = static_cast<std::uint16_t>(at)};
    record.type = in.u16();
    record.klass = in.u16();
    const auto wire_ttl = in.u32();
    record.data_size = in.u16();
    in.take(record.data_size);
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    record.ttl = wire_ttl > 0x7fffffffU ? 0 : wire_ttl;
    record.data_at = static_cast<std::uint16_t>(fields_at + 10);
    at = fields_at + 10 + record.data_size;
    if (message.records.size() == Message::most_records) return std::unexpected{ParseError::Unsupported};
    message.records.push_back(record);
    if (record.type != type::opt) return {};
    if (message.edns || !read_edns(message, record, wire_ttl, message.edns.emplace()))
        return std::unexpected{ParseError::Malformed};
    message.edns_record = message.records.size() - 1;
    return {};
}

}  // namespace

std::optional<WireName> WireName::from_text(std::string_view text) noexcept {
    WireName name;
    while (!text.empty()) {
        const auto dot = std::min(text.find('.'), text.size());
        if (!name.append(as_bytes(text.substr(0, dot)))) return std::nullopt;
        if (dot + 1 == text.size()) return std::nullopt;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return name;
}

bool WireName::append(BytesView label) noexcept {
    if (label.empty() || label.size() > 63 || size_ + label.size() + 1 > most_octets) return false;
    octets_.at(size_ - 1U) = static_cast<std::byte>(label.size());
    std::ranges::copy(label, octets_.begin() + size_);
    size_ = static_cast<std::uint8_t>(size_ + label.size() + 1);
    octets_.at(size_ - 1U) = std::byte{0};
    return true;
}

bool WireName::text(Name& name) const noexcept {
    name.clear();
    for (std::size_t at = 0; octets_.at(at) != std::byte{0};) {
        const auto length = std::to_integer<std::size_t>(octets_.at(at));
        if (!name.append(octets().subspan(at + 1, length))) return false;
        at += length + 1;
    }
    return true;
}

bool WireName::equals(const WireName& other) const noexcept {
    return std::ranges::equal(octets(), other.octets(), {}, folded, folded);
}

bool WireName::is_same(const WireName& other) const noexcept { return std::ranges::equal(octets(), other.octets()); }

std::uint16_t Message::rcode() const noexcept {
    return static_cast<std::uint16_t>((edns ? edns->extended_rcode << 4 : 0) | (header.flags & flag::rcode));
}

std::optional<Header> read_header(BytesView bytes) noexcept {
    Reader in{bytes};
    Header header;
    header.id = in.u16();
    header.flags = in.u16();
    for (auto& count : header.counts) count = in.u16();
    if (!in.ok()) return std::nullopt;
    return header;
}

std::optional<ReadName> read_name(BytesView message, std::size_t at) noexcept {
    ReadName read{.name = {}, .end = at};
    if (!follow_name(message, read.end, &read.name)) return std::nullopt;
    return read;
}

std::expected<void, ParseError> parse_message(BytesView bytes, Message& message) {
    message.bytes = bytes.first(std::min(bytes.size(), most_message));
    message.records.clear();
    message.question_end = 0;
    message.edns.reset();
    const auto header = read_header(bytes);
    if (!header) return std::unexpected{ParseError::Truncated};
    message.header = *header;
    if (header->counts[0] != 1) return std::unexpected{ParseError::Malformed};

    std::size_t at = header_bytes;
    if (!follow_name(message.bytes, at, &message.question.name)) return std::unexpected{ParseError::Malformed};
    Reader fields{message.bytes.subspan(at)};
    message.question.type = fields.u16();
    message.question.klass = fields.u16();
    if (!fields.ok()) return std::unexpected{ParseError::Truncated};
    at += 4;
    message.question_end = static_cast<std::uint16_t>(at);
    for (const auto section : {Section::Answer, Section::Authority, Section::Additional}) {
        for (std::uint16_t i = 0; i < header->counts.at(static_cast<std::size_t>(section)); ++i) {
            if (const auto read = read_record(message, at, section); !read) return read;
        }
    }
    message.bytes = message.bytes.first(at);
    return {};
}

}  // namespace vivi::wire::dns
