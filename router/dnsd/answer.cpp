// Headers, negative answers, and the EDE option.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/answer.hpp"

#include <algorithm>
#include <array>

#include "common/core/bytes.hpp"

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

constexpr std::size_t opt_bytes = 11;

constexpr std::uint16_t reply_flags(const Asked& asked) noexcept {
    return static_cast<std::uint16_t>(flag::qr | flag::ra | (asked.flags & (flag::rd | flag::cd | flag::opcode)));
}

std::size_t option_bytes(const std::optional<Explanation>& explanation) noexcept {
    return explanation ? 6 + std::min(explanation->text.size(), most_explanation) : 0;
}

const WireName& our_server() {
    static const WireName name = *WireName::from_text("vivi.lan");
    return name;
}

}  // namespace

Ede code_of(policy::Layer layer) noexcept {
    using enum policy::Layer;
    switch (layer) {
        case Banned:
        case NewDevice: return Ede::Prohibited;
        case DeviceAllow:
        case DeviceDeny:
        case GroupAllow:
        case GroupDeny: return Ede::Filtered;
        case Protected:
        case Essential:
        case EventAllow:
        case EventDeny:
        case Category:
        case List:
        case Default: return Ede::Blocked;
    }
    return Ede::Blocked;
}

EdeOption::EdeOption(const std::optional<Explanation>& explanation) noexcept {
    if (!explanation) return;
    const auto text = as_bytes(explanation->text.substr(0, most_explanation));
    const auto u16 = [this](std::size_t value) {
        octets_.at(size_++) = static_cast<std::byte>(value >> 8);
        octets_.at(size_++) = static_cast<std::byte>(value & 0xff);
    };
    u16(code);
    u16(2 + text.size());
    u16(static_cast<std::size_t>(explanation->code));
    std::ranges::copy(text, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
}

Reply::Reply(std::span<std::byte> room, const Asked& asked, std::optional<Explanation> explanation)
    : asked_{asked},
      explanation_{asked.has_edns ? explanation : std::nullopt},
      writer_{room.first(std::min(room.size(), asked.most_bytes)), asked.id, reply_flags(asked)} {
    writer_.question(asked.question);
    if (asked.has_edns) writer_.reserve(opt_bytes + option_bytes(explanation_));
}

Reply& Reply::nothing(std::uint32_t ttl) noexcept { return put(writer_.soa(asked_.question.name, our_server(), ttl, ttl)); }

Reply& Reply::authoritative() noexcept {
    writer_.add_flags(flag::aa);
    return *this;
}

std::size_t Reply::finish(std::uint16_t rcode) noexcept {
    if (!fits_) {
        writer_.clear_records();
        writer_.add_flags(flag::tc);
    }
    writer_.add_flags(rcode & flag::rcode);
    if (asked_.has_edns) {
        writer_.unreserve(opt_bytes + option_bytes(explanation_));
        writer_.edns(rcode, asked_.dnssec_ok, EdeOption{explanation_}.octets());
    }
    return writer_.finish();
}

std::size_t write_header_only(std::span<std::byte> room, const Asked& asked, std::uint16_t rcode) {
    MessageWriter writer{room, asked.id, static_cast<std::uint16_t>(reply_flags(asked) | rcode)};
    return writer.finish();
}

std::size_t write_blocked(std::span<std::byte> room, const Asked& asked, model::BlockAnswer how, std::optional<Ipv4> page,
                          const Explanation& why) {
    Reply reply{room, asked, why};
    const auto& name = asked.question.name;
    const auto type = asked.question.type;
    if (how == model::BlockAnswer::Page && !page) how = model::BlockAnswer::Nxdomain;
    if (how == model::BlockAnswer::Nxdomain) return reply.nothing(blocked_ttl).finish(rcode::nx_domain);
    if (type == type::a)
        reply.put(reply.records().address(name, to_mapped(how == model::BlockAnswer::Page ? *page : Ipv4{}), blocked_ttl));
    else if (type == type::aaaa && how == model::BlockAnswer::Null)
        reply.put(reply.records().address(name, Ipv6{}, blocked_ttl));
    else
        reply.nothing(blocked_ttl);
    return reply.finish(rcode::no_error);
}

std::size_t write_any(std::span<std::byte> room, const Asked& asked) {
    constexpr std::uint32_t ttl = 3600;
    Reply reply{room, asked};
    const auto data = as_bytes(std::string_view{"\x07RFC8482\x00", 9});  // CPU "RFC8482", OS "".
    reply.put(reply.records().record(Section::Answer, asked.question.name, type::hinfo, ttl, data));
    return reply.finish(rcode::no_error);
}

}  // namespace vivi::dnsd
