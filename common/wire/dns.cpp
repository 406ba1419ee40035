// Decompression, alias chains and record data of a DNS response, every loop bounded by a constant.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns.hpp"

#include <algorithm>

#include "common/wire/ipv6.hpp"

namespace vivi::wire::dns {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t most_name_octets = 255;  // RFC 1035 section 2.3.4.
constexpr int most_jumps = 64;                 // Of one name; a writer that compresses needs one.
constexpr std::uint16_t most_records = 128;    // Of the answer section; those behind are not looked at.
constexpr int most_passes = 4;                 // Over records that do not stand in the order of their chain.

constexpr std::uint16_t type_a = 1, type_cname = 5, type_aaaa = 28, type_svcb = 64, type_https = 65;  // RFC 1035, 3596, 9460.
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t key_ipv4hint = 4, key_ipv6hint = 6;  // RFC 9460 section 14.3.2.
constexpr std::uint16_t most_parameters = 32;

/// Bits of the second header word (RFC 1035 section 4.1.1):  QR | Opcode(4) | AA TC RD RA | Z AD CD | RCODE(4)
constexpr std::uint16_t response_bit = 0x8000, opcode_bits = 0x7800, rcode_bits = 0x000f;

/// Reads names and fields of one message at a position that moves on.
class Cursor {
public:
    Cursor(BytesView message, std::size_t at) noexcept : message_{message}, at_{at} {}

    /// RFC 1035 section 4.1.4. Each pointer must lead to before the labels that it ends, so a chain of them cannot cycle; jumps
    /// and octets are bounded too, so that the work for a name does not grow with the message.
    bool name(Name& name) noexcept {
        name.clear();
        bool fits = true;
        std::size_t octets = 1;  // The root label.
        std::size_t start = at_;
        std::size_t position = at_;
        int jumps = 0;
        for (;;) {
            Reader in{message_.subspan(std::min(position, message_.size()))};
            const std::size_t length = in.u8();
            if (!in.ok()) return false;
            if ((length & 0xc0) == 0xc0) {
                const std::size_t target = (length & 0x3f) << 8 | in.u8();
                if (!in.ok() || target >= start || jumps == most_jumps) return false;
                if (jumps++ == 0) at_ = position + 2;
                start = position = target;
                continue;
            }
            if (length > 63) return false;  // 01 and 10 are reserved.
            if (length == 0) break;
            const auto label = in.take(length);
            octets += length + 1;
            if (!in.ok() || octets > most_name_octets) return false;
            fits = fits && name.append(label);
            position += length + 1;
        }
        if (jumps == 0) at_ = position + 1;
        if (!fits) name.clear();  // Valid on the wire, but not a name we show: it equals no other.
        return true;
    }

    Reader fields(std::size_t count) noexcept {
        const auto rest = message_.subspan(std::min(at_, message_.size()));
        Reader in{rest};
        Reader inner = in.sub(count);
        if (inner.ok()) at_ += count;
        return inner;
    }
    std::size_t at() const noexcept { return at_; }

private:
    BytesView message_;
    std::size_t at_;
};

Ipv6 read_ipv6(Reader& in) noexcept {
    Ipv6 address;
    for (auto& octet : address.octets) octet = in.u8();
    return address;
}

/// RFC 9460 section 2.2: priority, target name (never compressed), then parameters of (key, length, value).
void read_service(Reader rdata, Response& response, Seconds ttl) noexcept {
    const auto priority = rdata.u16();
    if (priority == 0) return;  // An alias has no parameters.
    for (std::size_t octets = 0; octets < most_name_octets;) {
        const std::size_t length = rdata.u8();
        if (!rdata.ok() || length > 63) return;
        if (length == 0) break;
        rdata.take(length);
        octets += length + 1;
    }
    for (std::uint16_t i = 0; i < most_parameters && !rdata.done(); ++i) {
        const auto key = rdata.u16();
        auto value = rdata.sub(rdata.u16());
        if (key == key_ipv4hint) {
            while (value.remaining() >= 4 && response.add(ipv6::mapped(Ipv4{value.u32()}), ttl)) {
            }
        } else if (key == key_ipv6hint) {
            while (value.remaining() >= 16 && response.add(read_ipv6(value), ttl)) {
            }
        }
    }
}

struct Pass {
    bool followed = false;   ///< An alias led on.
    bool passed_by = false;  ///< A record belonged to a name that the chain had not reached (yet).
};

/// One walk over the answer section: takes what belongs to `current`, and follows its aliases.
Pass walk(BytesView message, std::size_t at, std::uint16_t records, Name& current, Seconds& chain_ttl,
          Response& response) noexcept {
    Cursor cursor{message, at};
    Pass pass;
    Name owner;
    for (std::uint16_t i = 0; i < records; ++i) {
        if (!cursor.name(owner)) return pass;
        auto fixed = cursor.fields(10);
        const auto type = fixed.u16();
        const auto klass = fixed.u16();
        const auto wire_ttl = fixed.u32();
        const auto length = fixed.u16();
        const auto rdata_at = cursor.at();
        auto rdata = cursor.fields(length);
        if (!fixed.ok() || !rdata.ok()) return pass;
        if (klass != class_in) continue;
        if (owner != current) {
            pass.passed_by = true;
            continue;
        }
        // RFC 2181 section 8: a TTL with the top bit set is zero.
        const auto ttl = std::min(chain_ttl, Seconds{wire_ttl > 0x7fffffffU ? 0 : wire_ttl});
        if (type == type_a && length == 4) {
            response.add(ipv6::mapped(Ipv4{rdata.u32()}), ttl);
        } else if (type == type_aaaa && length == 16) {
            response.add(read_ipv6(rdata), ttl);
        } else if (type == type_https || type == type_svcb) {
            read_service(rdata, response, ttl);
        } else if (type == type_cname) {
            Cursor target{message.first(rdata_at + length), rdata_at};
            if (!target.name(owner) || owner.empty()) return pass;
            current = owner;
            chain_ttl = ttl;
            pass.followed = true;
        }
    }
    return pass;
}

}  // namespace

bool Response::add(const Ipv6& address, Seconds record_ttl) noexcept {
    if (std::ranges::find(addresses(), address) != addresses().end()) return true;
    if (count_ == addresses_.size()) return false;
    ttl = count_ == 0 ? record_ttl : std::min(ttl, record_ttl);
    addresses_.at(count_++) = address;
    return true;
}

std::expected<Response, ParseError> parse(BytesView message) noexcept {
    Reader header{message};
    header.take(2);  // id
    const auto flags = header.u16();
    const auto questions = header.u16();
    const auto answers = header.u16();
    header.take(4);  // authority and additional counts
    if (!header.ok()) return std::unexpected{ParseError::Truncated};
    if ((flags & response_bit) == 0 || (flags & opcode_bits) != 0) return std::unexpected{ParseError::Unsupported};
    if (questions != 1) return std::unexpected{ParseError::Malformed};  // RFC 9619 section 4.

    Response response;
    Cursor cursor{message, header_bytes};
    if (!cursor.name(response.question)) return std::unexpected{ParseError::Malformed};
    if (!cursor.fields(4).ok()) return std::unexpected{ParseError::Truncated};  // type and class
    if ((flags & rcode_bits) != 0 || response.question.empty()) return response;

    Name current = response.question;
    Seconds chain_ttl{0x7fffffff};
    for (int i = 0; i < most_passes; ++i) {
        const auto pass = walk(message, cursor.at(), std::min(answers, most_records), current, chain_ttl, response);
        if (!pass.followed || !pass.passed_by) break;  // Only an alias behind its target needs a second look.
    }
    return response;
}

std::expected<Response, ParseError> parse_tcp(BytesView segment) noexcept {
    Reader in{segment};
    const auto message = in.take(in.u16());
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    return parse(message);
}

}  // namespace vivi::wire::dns
