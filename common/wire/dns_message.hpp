// Whole DNS messages (RFC 1035): header, question, every record where it stands; for those who answer and forward.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/wire/name.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::dns {

/// TYPE values, https://www.iana.org/assignments/dns-parameters; those that Vivi treats on their own.
namespace type {
inline constexpr std::uint16_t a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, hinfo = 13, mx = 15, txt = 16;  // RFC 1035
inline constexpr std::uint16_t aaaa = 28;                                                                   // RFC 3596
inline constexpr std::uint16_t srv = 33, naptr = 35, kx = 36;      // RFC 2782, 3403, 2230
inline constexpr std::uint16_t dname = 39, opt = 41;               // RFC 6672, 6891
inline constexpr std::uint16_t ds = 43, rrsig = 46, dnskey = 48;   // RFC 4034
inline constexpr std::uint16_t svcb = 64, https = 65;              // RFC 9460
inline constexpr std::uint16_t ixfr = 251, axfr = 252, any = 255;  // RFC 1995, 5936, 8482
}  // namespace type

inline constexpr std::uint16_t class_in = 1, class_chaos = 3, class_any = 255;

/// RCODEs, the extended ones included (RFC 6891 section 6.1.3).
namespace rcode {
inline constexpr std::uint16_t no_error = 0, form_err = 1, serv_fail = 2, nx_domain = 3, not_imp = 4, refused = 5, bad_vers = 16;
}  // namespace rcode

/// The second header word (RFC 1035 section 4.1.1, RFC 2535 for AD and CD):
///     QR | Opcode(4) | AA TC RD RA | Z AD CD | RCODE(4)
namespace flag {
inline constexpr std::uint16_t qr = 0x8000, opcode = 0x7800, aa = 0x0400, tc = 0x0200, rd = 0x0100, ra = 0x0080, ad = 0x0020,
                               cd = 0x0010, rcode = 0x000f;
}  // namespace flag

inline constexpr std::size_t header_bytes = 12;
/// Over UDP without fragments: DNS flag day 2020.
inline constexpr std::uint16_t udp_payload = 1232;
/// What a client without EDNS takes over UDP (RFC 1035 section 2.3.4).
inline constexpr std::uint16_t plain_payload = 512;

/// A name as it is on the wire, uncompressed, its case kept: length, label, …, 0.
class WireName {
public:
    static constexpr std::size_t most_octets = 255;  ///< RFC 1035 section 2.3.4.

    /// The root.
    WireName() noexcept = default;
    /// Text in the form of Name, without escapes ("www.example.org"; "" is the root). Nothing when it is none.
    static std::optional<WireName> from_text(std::string_view text) noexcept;

    /// One more label at the right end. False, and unchanged, when it is empty, longer than 63 octets, or does not fit.
    bool append(BytesView label) noexcept;
    void clear() noexcept {
        size_ = 1;
        octets_[0] = std::byte{0};
    }
    BytesView octets() const noexcept { return std::span{octets_}.first(size_); }
    /// For those who mix the case (draft-vixie-dnsext-dns0x20): flips letters only.
    std::span<std::byte> octets() noexcept { return std::span{octets_}.first(size_); }
    bool is_root() const noexcept { return size_ == 1; }
    /// Normalised text; false when the name needs more than Name holds because of its escapes.
    bool text(Name& name) const noexcept;
    /// ASCII letters without regard to case (RFC 4343).
    bool equals(const WireName& other) const noexcept;
    /// Octet by octet.
    bool is_same(const WireName& other) const noexcept;

private:
    std::array<std::byte, most_octets> octets_{};
    std::uint8_t size_ = 1;
};

/// Lower case of an ASCII letter, every other octet as it is. Lengths of labels (at most 63) are no letters.
constexpr std::byte folded(std::byte octet) noexcept {
    return octet >= std::byte{'A'} && octet <= std::byte{'Z'} ? octet | std::byte{0x20} : octet;
}

struct Header {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::array<std::uint16_t, 4> counts{};  ///< Questions, answers, authority, additional.
};

struct Question {
    WireName name{};
    std::uint16_t type = 0;
    std::uint16_t klass = class_in;
};

enum class Section : std::uint8_t { Answer = 1, Authority = 2, Additional = 3 };  ///< Index into Header::counts.

/// Where a record stands in its message. Offsets, because owners and some data are compressed.
struct Record {
    Section section = Section::Answer;
    std::uint16_t owner_at = 0;
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
    std::uint32_t ttl = 0;  ///< With the top bit set it means 0 (RFC 2181 section 8) and is 0 here.
    std::uint16_t data_at = 0;
    std::uint16_t data_size = 0;
    std::uint16_t ttl_at() const noexcept { return static_cast<std::uint16_t>(data_at - 6); }
};

/// The OPT record (RFC 6891 section 6.1): its CLASS is the payload size, its TTL the rest:
///     extended RCODE(8) | version(8) | DO | Z(15)
struct Edns {
    std::uint16_t payload = plain_payload;
    std::uint8_t extended_rcode = 0;  ///< The upper eight bits of twelve.
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    BytesView options{};  ///< (code, length, value)*, checked for their lengths.
};

/// A message taken apart; a view of its bytes. Meant to be used again: it keeps its memory.
struct Message {
    static constexpr std::size_t most_records = 1024;

    BytesView bytes{};  ///< Up to the end of the last record: what stood behind it is left out.
    Header header{};
    Question question{};
    std::uint16_t question_end = 0;
    std::vector<Record> records{};  ///< In order, OPT included.
    std::optional<Edns> edns{};
    std::size_t edns_record = 0;  ///< Its index, with `edns`.

    std::uint16_t rcode() const noexcept;
    BytesView data(const Record& record) const noexcept { return bytes.subspan(record.data_at, record.data_size); }
};

/// Takes `bytes` apart into `message`. Names are followed with pointers that only lead back, at most 64 a name; every owner is
/// checked. Truncated: it ends before it should. Malformed: not exactly one question (RFC 9619), a bad name, more than one OPT
/// or one that is not in the additional section (RFC 6891 section 6.1.1), options that do not fit. Unsupported: more than
/// `most_records`. With an error the header is right when there are 12 bytes, the rest is not to be used.
std::expected<void, ParseError> parse_message(BytesView bytes, Message& message);

/// The name at `at`, and where the field ends. Nothing when it is none.
struct ReadName {
    WireName name{};
    std::size_t end = 0;
};
std::optional<ReadName> read_name(BytesView message, std::size_t at) noexcept;

/// The header alone; nothing when there are not 12 bytes.
std::optional<Header> read_header(BytesView bytes) noexcept;

}  // namespace vivi::wire::dns
