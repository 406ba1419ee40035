// Records, compression and the data of types that hold names.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns_message_writer.hpp"

#include <algorithm>

namespace vivi::wire::dns {
namespace {

constexpr std::size_t furthest_pointer = 0x3fff;  // Fourteen bits.

/// Data that begins with `fixed` octets and then `names` names, which may be compressed on the wire (RFC 3597 section 4).
struct Shape {
    std::uint16_t type;
    std::uint8_t fixed;
    std::uint8_t names;
    bool may_compress;  ///< RFC 1035 types only.
};
constexpr std::array shapes{
    Shape{2, 0, 1, true},    // NS
    Shape{3, 0, 1, true},    // MD
    Shape{4, 0, 1, true},    // MF
    Shape{5, 0, 1, true},    // CNAME
    Shape{6, 0, 2, true},    // SOA
    Shape{7, 0, 1, true},    // MB
    Shape{8, 0, 1, true},    // MG
    Shape{9, 0, 1, true},    // MR
    Shape{12, 0, 1, true},   // PTR
    Shape{14, 0, 2, true},   // MINFO
    Shape{15, 2, 1, true},   // MX
    Shape{17, 0, 2, false},  // RP, RFC 1183
    Shape{18, 2, 1, false},  // AFSDB, RFC 1183
    Shape{21, 2, 1, false},  // RT, RFC 1183
    Shape{26, 2, 2, false},  // PX, RFC 2163
    Shape{33, 6, 1, false},  // SRV, RFC 2782
    Shape{36, 2, 1, false},  // KX, RFC 2230
    Shape{39, 0, 1, false},  // DNAME, RFC 6672
};

const Shape* shape_of(std::uint16_t type) noexcept {
    const auto found = std::ranges::find(shapes, type, &Shape::type);
    return found == shapes.end() ? nullptr : &*found;
}

}  // namespace

MessageWriter::MessageWriter(std::span<std::byte> room, std::uint16_t id, std::uint16_t flags) noexcept
    : room_{room}, limit_{std::min<std::size_t>(room.size(), 65'535)}, id_{id}, flags_{flags} {}

void MessageWriter::u8(std::uint8_t value) noexcept {
    fits_ = fits_ && at_ < limit_;
    if (fits_) room_[at_++] = std::byte{value};
}
void MessageWriter::u16(std::uint16_t value) noexcept {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
}
void MessageWriter::u32(std::uint32_t value) noexcept {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value));
}
void MessageWriter::put(BytesView bytes) noexcept {
    fits_ = fits_ && at_ + bytes.size() <= limit_;
    if (!fits_) return;
    std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += bytes.size();
}

bool MessageWriter::is_at(std::size_t at, BytesView labels) const noexcept {
    // Pointers written here lead back to labels, and each step uses up a label: it ends.
    while (true) {
        const auto length = std::to_integer<std::size_t>(room_[at]);
        if ((length & 0xc0) == 0xc0) {
            at = (length & 0x3f) << 8 | std::to_integer<std::size_t>(room_[at + 1]);
            continue;
        }
        const auto wanted = std::to_integer<std::size_t>(labels[0]);
        if (length != wanted) return false;
        if (length == 0) return true;
        const auto here = BytesView{room_}.subspan(at + 1, length);
        if (!std::ranges::equal(here, labels.subspan(1, length), {}, folded, folded)) return false;
        at += length + 1;
        labels = labels.subspan(length + 1);
    }
}

std::uint16_t MessageWriter::written(BytesView labels, std::uint8_t names) const noexcept {
    for (const auto offset : std::span{offsets_}.first(names)) {
        if (is_at(offset, labels)) return offset;
    }
    return 0;
}

void MessageWriter::name(const WireName& name, Compression compression) noexcept {
    auto labels = name.octets();
    const auto known = compression == Compression::Yes ? names_ : std::uint8_t{0};  // Not this one: it is not complete yet.
    while (labels.size() > 1) {
        const auto offset = written(labels, known);
        if (offset != 0) {
            u16(static_cast<std::uint16_t>(0xc000 | offset));
            return;
        }
        if (at_ <= furthest_pointer && names_ < offsets_.size() && compression == Compression::Yes)
            offsets_.at(names_++) = static_cast<std::uint16_t>(at_);
        const auto length = std::to_integer<std::size_t>(labels[0]) + 1;
        put(labels.first(length));
        if (!fits_) return;
        labels = labels.subspan(length);
    }
    u8(0);
}

void MessageWriter::question(const Question& question) noexcept {
    name(question.name, Compression::Yes);
    u16(question.type);
    u16(question.klass);
    counts_[0] = 1;
    question_end_ = at_;
    question_names_ = names_;
}

void MessageWriter::begin(const WireName& owner, std::uint16_t type, std::uint16_t klass, std::uint32_t ttl) noexcept {
    name(owner, Compression::Yes);
    u16(type);
    u16(klass);
    u32(ttl);
    u16(0);
    data_at_ = at_;
}

bool MessageWriter::end(Section section, Mark mark) noexcept {
    if (!fits_ || at_ - data_at_ > 0xffff) {
        at_ = mark.at;
        names_ = mark.names;
        return false;
    }
    const auto length = at_ - data_at_;
    room_[data_at_ - 2] = static_cast<std::byte>(length >> 8);
    room_[data_at_ - 1] = static_cast<std::byte>(length & 0xff);
    ++counts_.at(static_cast<std::size_t>(section));
    return true;
}

bool MessageWriter::record(Section section, const WireName& owner, std::uint16_t type, std::uint32_t ttl,
                           BytesView data) noexcept {
    const auto start = mark();
    begin(owner, type, class_in, ttl);
    put(data);
    return end(section, start);
}

bool MessageWriter::address(const WireName& owner, const Ipv6& address, std::uint32_t ttl) noexcept {
    const auto octets = std::as_bytes(std::span{address.octets});
    return from_mapped(address) ? record(Section::Answer, owner, type::a, ttl, octets.subspan(12))
                                : record(Section::Answer, owner, type::aaaa, ttl, octets);
}

bool MessageWriter::pointer(const WireName& owner, const WireName& target, std::uint32_t ttl) noexcept {
    const auto start = mark();
    begin(owner, type::ptr, class_in, ttl);
    name(target, Compression::Yes);
    return end(Section::Answer, start);
}

bool MessageWriter::soa(const WireName& zone, const WireName& server, std::uint32_t ttl, std::uint32_t minimum) noexcept {
    const auto start = mark();
    begin(zone, type::soa, class_in, ttl);
    name(server, Compression::Yes);
    name(server, Compression::Yes);  // RNAME: nobody to write to.
    u32(1);                          // SERIAL: nothing is transferred.
    u32(3600);                       // REFRESH, RETRY, EXPIRE: likewise.
    u32(600);
    u32(86'400);
    u32(minimum);
    return end(Section::Authority, start);
}

bool MessageWriter::copy_data(const Message& from, const Record& record) noexcept {
    const auto data = from.data(record);
    const auto* shape = record.klass == class_in ? shape_of(record.type) : nullptr;
    if (shape == nullptr) {
        put(data);
        return true;
    }
    std::size_t at = std::size_t{record.data_at} + shape->fixed;
    const std::size_t data_end = std::size_t{record.data_at} + record.data_size;
    if (at > data_end) return false;
    put(data.first(shape->fixed));
    for (int i = 0; i < shape->names; ++i) {
        const auto read = read_name(from.bytes.first(data_end), at);
        if (!read || read->end > data_end) return false;
        name(read->name, shape->may_compress ? Compression::Yes : Compression::No);
        at = read->end;
    }
    put(from.bytes.subspan(at, data_end - at));
    return true;
}

bool MessageWriter::copy(const Message& from, const Record& record, BytesView data) noexcept {
    const auto owner = read_name(from.bytes, record.owner_at);
    if (!owner) return false;
    const auto start = mark();
    begin(owner->name, record.type, record.klass, record.ttl);
    if (!data.empty())
        put(data);
    else
        fits_ = copy_data(from, record) && fits_;
    return end(record.section, start);
}

bool MessageWriter::edns(std::uint16_t rcode, bool dnssec_ok, BytesView options) noexcept {
    const auto start = mark();
    begin(WireName{}, type::opt, udp_payload, static_cast<std::uint32_t>(rcode >> 4) << 24 | (dnssec_ok ? 0x8000U : 0U));
    put(options);
    return end(Section::Additional, start);
}

void MessageWriter::clear_records() noexcept {
    at_ = question_end_;
    names_ = question_names_;
    counts_ = {counts_[0], 0, 0, 0};
}

std::size_t MessageWriter::finish() noexcept {
    const auto set = [this](std::size_t at, std::uint16_t value) {
        room_[at] = static_cast<std::byte>(value >> 8);
        room_[at + 1] = static_cast<std::byte>(value & 0xff);
    };
    set(0, id_);
    set(2, flags_);
    for (std::size_t i = 0; i < counts_.size(); ++i) set(4 + 2 * i, counts_.at(i));
    return at_;
}

}  // namespace vivi::wire::dns
