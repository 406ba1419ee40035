// The probe's bytes and the watch's two states.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/dns_watch.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vivi::bridged {
namespace {

constexpr std::array<std::string_view, 3> labels{"alive", "vivi", "invalid"};
constexpr std::uint16_t recursion_desired = 0x0100;  // RFC 1035 section 4.1.1, the third octet's last bit.
constexpr std::uint8_t is_response = 0x80;           // … and its first.
constexpr std::uint16_t type_a = 1, class_in = 1;
constexpr std::size_t header_bytes = 12;

}  // namespace

Bytes dns_probe(std::uint16_t id) {
    Writer out;
    out.u16(id).u16(recursion_desired).u16(/*QDCOUNT*/ 1).zeros(6);
    for (const auto label : labels) out.u8(static_cast<std::uint8_t>(label.size())).put(label);
    out.u8(0).u16(type_a).u16(class_in);
    return out.take_bytes();
}

bool is_answer_to_probe(BytesView datagram, std::uint16_t id) noexcept {
    static const Bytes question = dns_probe(0);
    if (datagram.size() < question.size()) return false;
    Reader in{datagram};
    const bool is_ours = in.u16() == id && (in.u8() & is_response) != 0;
    return is_ours && std::ranges::equal(datagram.subspan(header_bytes, question.size() - header_bytes),
                                         BytesView{question}.subspan(header_bytes));
}

std::optional<DnsWatch::State> DnsWatch::answered(Instant now) noexcept {
    last_answer_ = now;
    ++in_a_row_;
    if (state_ == State::Serving || in_a_row_ < answers_to_return) return std::nullopt;
    return state_ = State::Serving;
}

std::optional<DnsWatch::State> DnsWatch::silent(Instant now) noexcept {
    in_a_row_ = 0;
    if (state_ == State::Gone || now - last_answer_ < patience) return std::nullopt;
    return state_ = State::Gone;
}

}  // namespace vivi::bridged
