// Reading an answer once, and two ways of writing it: a patched copy when nothing changes, record by record when something does.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/response.hpp"

#include <algorithm>

#include "common/wire/dns_message_service.hpp"
#include "common/wire/dns_message_writer.hpp"
#include "router/dnsd/address_kinds.hpp"

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

constexpr std::size_t opt_bytes = 11;

Ipv6 address_of(BytesView data) noexcept {
    if (data.size() == 4) return to_mapped(Ipv4{Reader{data}.u32()});
    Ipv6 address;
    std::ranges::transform(data, address.octets.begin(), [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    return address;
}

bool holds(std::span<const Ipv6> addresses, const Ipv6& address) noexcept {
    return std::ranges::find(addresses, address) != addresses.end();
}

bool is_service(const Record& record) noexcept { return record.type == type::svcb || record.type == type::https; }

void put_u16(std::span<std::byte> bytes, std::size_t at, std::size_t value) noexcept {
    bytes[at] = static_cast<std::byte>(value >> 8);
    bytes[at + 1] = static_cast<std::byte>(value & 0xff);
}

/// The explanation of the upstream (RFC 8914 section 3 leaves forwarding it to us) as the client's options.
class Options {
public:
    Options(const Message& message, const std::optional<Explanation>& explanation) noexcept {
        if (explanation) {
            const EdeOption own{explanation};
            put(own.octets());
            return;
        }
        if (!message.edns) return;
        for (Reader in{message.edns->options}; !in.done();) {
            const auto whole = in.rest();
            const auto code = in.u16();
            const std::size_t length = in.u16();
            in.take(length);
            if (in.ok() && code == EdeOption::code) put(whole.first(4 + length));
        }
    }
    BytesView octets() const noexcept { return std::span{octets_}.first(size_); }

private:
    void put(BytesView option) noexcept {
        if (option.size() > octets_.size() - size_) return;
        std::ranges::copy(option, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += option.size();
    }

    std::array<std::byte, 256> octets_{};
    std::size_t size_ = 0;
};

}  // namespace

bool Response::add_alias(const WireName& name) {
    if (name.is_root() || name.equals(message_->question.name)) return true;
    if (alias_count_ == most_aliases) return false;
    auto& alias = aliases_.at(alias_count_);
    if (!name.text(alias)) return false;
    if (std::ranges::find(aliases(), alias) == aliases().end()) ++alias_count_;
    return true;
}

bool Response::add_alias(std::size_t at, std::size_t end) {
    const auto read = read_name(message_->bytes.first(end), at);
    return read && add_alias(read->name);
}

bool Response::is_private_for(const Ipv6& address, const FilterRules& rules) const {
    return !rules.allows_private && (is_private(address) || (rules.names && rules.names->is_inside(address)));
}

/// Whether the record may stay.
bool Response::look_at_address(const Ipv6& address, bool leads, const FilterRules& rules) {
    if (is_private_for(address, rules)) {
        ++private_removed_;
        return false;
    }
    if (leads && !holds(addresses_, address)) addresses_.push_back(address);
    return true;
}

/// Fate of an SVCB or HTTPS record; false: the whole answer cannot be used.
bool Response::look_at_service(const Record& record, const FilterRules& rules) {
    const auto service = parse_service(*message_, record);
    if (!service) {
        fates_.back() = Fate::Drop;
        return true;
    }
    const auto removed_before = private_removed_;
    service->each_hint([&](const Ipv6& address) {
        if (look_at_address(address, /*leads=*/true, rules))
            hints_.push_back(address);
        else
            private_hints_.push_back(address);
    });
    const bool has_ech =
        std::ranges::find(service->parameters(), service_key::ech, &Service::Parameter::key) != service->parameters().end();
    if (has_ech && rules.strips_ech) ++ech_removed_;
    if ((has_ech && rules.strips_ech) || private_removed_ != removed_before) fates_.back() = Fate::Reduce;
    return add_alias(service->target);
}

bool Response::look_at(const Record& record, const FilterRules& rules) {
    fates_.push_back(Fate::Keep);
    if (record.type == type::opt) return true;
    if (record.klass != class_in) {
        fates_.back() = Fate::Drop;
        return true;
    }
    if (record.section == Section::Answer && record.owner_at != 0 && !add_alias(record.owner_at, message_->bytes.size()))
        return false;
    if (record.type == type::a || record.type == type::aaaa) {
        const bool fits = record.data_size == (record.type == type::a ? 4 : 16);
        // Addresses of name servers and the like lead nowhere the client wants to go; those of a service's target do.
        const auto asked = message_->question.type;
        const bool leads = record.section == Section::Answer ||
                           (record.section == Section::Additional && (asked == type::https || asked == type::svcb));
        if (!fits || !look_at_address(address_of(message_->data(record)), leads, rules)) fates_.back() = Fate::Drop;
        return true;
    }
    if (is_service(record)) return look_at_service(record, rules);
    if (record.type == type::cname || record.type == type::dname)
        return add_alias(record.data_at, std::size_t{record.data_at} + record.data_size);
    return true;
}

bool Response::read(const Message& message, const FilterRules& rules) {
    message_ = &message;
    strips_ech_ = rules.strips_ech;
    fates_.clear();
    addresses_.clear();
    hints_.clear();
    private_hints_.clear();
    alias_count_ = private_removed_ = ech_removed_ = 0;
    for (const auto& record : message.records) {
        if (!look_at(record, rules)) return false;
    }
    changes_ = std::ranges::any_of(fates_, [](Fate fate) { return fate != Fate::Keep; });
    may_copy_ = !message.edns || message.edns_record + 1 == message.records.size();
    return message.rcode() <= flag::rcode;
}

std::uint16_t Response::flags_for(const Asked& asked) const noexcept {
    auto flags = static_cast<std::uint16_t>(message_->header.flags & ~(flag::rd | flag::cd | flag::tc | flag::aa));
    flags |= static_cast<std::uint16_t>(flag::ra | (asked.flags & (flag::rd | flag::cd)));
    // RFC 6840 section 5.8: AD is for who asked for it; and what was changed here is not what was validated.
    const bool wants_ad = asked.dnssec_ok || (asked.flags & flag::ad) != 0;
    if (!wants_ad || changes_) flags &= static_cast<std::uint16_t>(~flag::ad);
    return flags;
}

bool Response::can_copy(const Asked& asked, const Treatment& treatment) const noexcept {
    return !changes_ && may_copy_ && treatment.denied_hints.empty() &&
           asked.question.name.octets().size() + header_bytes + 4 == message_->question_end;
}

Response::Written Response::cut(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const {
    Reply reply{room, asked, treatment.explanation};
    return {.size = reply.put(false).finish(message_->rcode()), .is_cut = true};
}

Response::Written Response::copy(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const {
    const auto& message = *message_;
    const Options options{message, treatment.explanation};
    const std::size_t body = message.edns ? message.records[message.edns_record].owner_at : message.bytes.size();
    const std::size_t size = body + (asked.has_edns ? opt_bytes + options.octets().size() : 0);
    if (size > std::min(room.size(), asked.most_bytes)) return cut(room, asked, treatment);

    std::ranges::copy(message.bytes.first(body), room.begin());
    put_u16(room, 0, asked.id);
    put_u16(room, 2, flags_for(asked));
    put_u16(room, 10, message.header.counts[3] - (message.edns ? 1U : 0U) + (asked.has_edns ? 1U : 0U));
    std::ranges::copy(asked.question.name.octets(), room.begin() + header_bytes);
    for (const auto& record : message.records) {
        if (record.type == type::opt || !treatment.most_ttl || record.ttl <= *treatment.most_ttl) continue;
        put_u16(room, record.ttl_at(), *treatment.most_ttl >> 16);
        put_u16(room, record.ttl_at() + 2U, *treatment.most_ttl & 0xffff);
    }
    if (asked.has_edns) {
        auto at = body;
        const auto u16 = [&](std::size_t value) {
            put_u16(room, at, value);
            at += 2;
        };
        room[at++] = std::byte{0};
        u16(type::opt);
        u16(udp_payload);
        u16(0);
        u16(asked.dnssec_ok ? 0x8000 : 0);
        u16(options.octets().size());
        std::ranges::copy(options.octets(), room.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return {.size = size, .is_cut = false};
}

Bytes Response::reduced(const Record& record, const Treatment& treatment) const {
    const auto service = parse_service(*message_, record);
    if (!service) return {};
    return reduce(*service, strips_ech_, [&](const Ipv6& address) {
        return !holds(private_hints_, address) && !holds(treatment.denied_hints, address);
    });
}

Response::Written Response::rebuild(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const {
    const Options options{*message_, treatment.explanation};
    MessageWriter writer{room.first(std::min(room.size(), asked.most_bytes)), asked.id, flags_for(asked)};
    writer.question(asked.question);
    const auto at_the_end = opt_bytes + options.octets().size();
    if (asked.has_edns) writer.reserve(at_the_end);
    for (std::size_t i = 0; i < message_->records.size(); ++i) {
        auto record = message_->records[i];
        if (record.type == type::opt || fates_[i] == Fate::Drop) continue;
        record.ttl = std::min(record.ttl, treatment.most_ttl.value_or(record.ttl));
        const bool is_less = fates_[i] == Fate::Reduce || (is_service(record) && !treatment.denied_hints.empty());
        const auto data = is_less ? reduced(record, treatment) : Bytes{};
        if (!writer.copy(*message_, record, data) && record.section != Section::Additional) return cut(room, asked, treatment);
    }
    if (asked.has_edns) {
        writer.unreserve(at_the_end);
        writer.edns(message_->rcode(), asked.dnssec_ok, options.octets());
    }
    return {.size = writer.finish(), .is_cut = false};
}

Response::Written Response::write(std::span<std::byte> room, const Asked& asked, const Treatment& treatment) const {
    return can_copy(asked, treatment) ? copy(room, asked, treatment) : rebuild(room, asked, treatment);
}

}  // namespace vivi::dnsd
