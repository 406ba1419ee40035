// A client's question: answered here, refused, blocked, or on its way upstream.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/core/domain_name.hpp"
#include "router/dnsd/engine_state.hpp"
#include "router/dnsd/special_names.hpp"

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

/// Retransmissions come soon: only the last clients of a question are looked at.
constexpr int most_looked_at = 32;

constexpr Ipv6 loopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

/// Types that a validating resolver asks of top-level domains too (RFC 4035 section 5).
bool is_about_zones(std::uint16_t type) noexcept {
    return type == type::ns || type == type::soa || type == type::ds || type == type::dnskey;
}

/// Rules that name something let it through whatever the configuration says of the name.
bool is_named_allow(const policy::Verdict& verdict) noexcept {
    using enum policy::Layer;
    const auto layer = verdict.layer;
    return !verdict.is_denied() && (layer == Protected || layer == DeviceAllow || layer == GroupAllow || layer == EventAllow);
}

}  // namespace

void Engine::State::query(BytesView bytes, const Client& client, Instant now, Decisions& out) {
    ++counters.queries;
    switch (read_question(bytes, client.transport, message, asked)) {
        case Reading::Silence: ++counters.dropped; return;
        case Reading::FormErr:
        case Reading::NotImp: {
            ++counters.malformed;
            const bool is_other = (asked.flags & flag::opcode) != 0;
            out.answer(client, write_header_only(out.room(header_bytes), asked, is_other ? rcode::not_imp : rcode::form_err));
            return;
        }
        case Reading::BadVers: ++counters.malformed; return refuse(client, rcode::bad_vers, std::nullopt, out);
        case Reading::Refused: ++counters.refused; return refuse(client, rcode::refused, std::nullopt, out);
        case Reading::Question: break;
    }
    const bool is_ours = is_router(client);
    const auto& known = devices.find(client.from.address);
    const auto name = asked.name.text();
    auto verdict = policy->decide_name(known.subject, name);
    if (is_ours && verdict.layer != policy::Layer::Essential) verdict = {};
    if (answer_locally(client, verdict, out)) return;
    if (answer_special(client, verdict, out)) return;
    if (!is_ours) {
        if (!seen_since) seen_since = hits_since = now;
        if (!name.ends_with(".arpa")) seen.count(known.device, name, 0);  // Reverse lookups visit nobody.
    }
    if (verdict.is_denied()) return block(client, known, verdict, name, out);
    if (asked.question.type == type::any) {
        ++counters.local;
        out.answer(client, write_any(out.room(asked.most_bytes), asked));
        return;
    }
    forward(client, now, out);
}

bool Engine::State::answer_locally(const Client& client, const policy::Verdict& verdict, Decisions& out) {
    const auto name = asked.name.text();
    const auto found = names.find(name, client.from.address);
    if (found.kind == LocalNames::Kind::NotLocal) return false;
    const bool is_elsewhere = verdict.layer == policy::Layer::Essential || is_private_name(name);
    if (found.kind == LocalNames::Kind::Nothing && is_elsewhere) return false;
    answer_found(found, client, out);
    return true;
}

void Engine::State::answer_found(const LocalNames::Found& found, const Client& client, Decisions& out) {
    ++counters.local;
    Reply reply{out.room(asked.most_bytes), asked};
    reply.authoritative();
    const auto type = asked.question.type;
    auto answer = rcode::no_error;
    if (found.kind == LocalNames::Kind::Host && found.address && (type == type::a || type == type::any)) {
        reply.put(reply.records().address(asked.question.name, to_mapped(*found.address), local_ttl));
    } else if (found.kind == LocalNames::Kind::Pointer && (type == type::ptr || type == type::any)) {
        const auto target = WireName::from_text(found.target);
        reply.put(target && reply.records().pointer(asked.question.name, *target, local_ttl));
    } else {
        reply.nothing(local_ttl);
        if (found.kind == LocalNames::Kind::Nothing) answer = rcode::nx_domain;
    }
    out.answer(client, reply.finish(answer));
}

bool Engine::State::answer_special(const Client& client, const policy::Verdict& verdict, Decisions& out) {
    const auto name = asked.name.text();
    const auto type = asked.question.type;
    const auto special = special_name(name);
    const auto answer = [&](std::uint16_t code, std::optional<Explanation> why, std::uint32_t ttl) {
        Reply reply{out.room(asked.most_bytes), asked, why};
        out.answer(client, reply.nothing(ttl).finish(code));
        ++(why ? counters.blocked : counters.local);
        return true;
    };
    switch (special) {
        case Special::None: break;
        case Special::Localhost: {
            if (type != type::a && type != type::aaaa) return answer(rcode::no_error, std::nullopt, local_ttl);
            Reply reply{out.room(asked.most_bytes), asked};
            const auto address = type == type::a ? to_mapped(Ipv4{0x7f000001}) : loopback6;
            reply.put(reply.records().address(asked.question.name, address, local_ttl));
            out.answer(client, reply.finish(rcode::no_error));
            ++counters.local;
            return true;
        }
        case Special::Nowhere:
        case Special::Reverse:
            if (is_private_name(name)) return false;
            return answer(rcode::nx_domain, std::nullopt, local_ttl);
        case Special::Designation: return answer(rcode::no_error, std::nullopt, local_ttl);
        case Special::BrowserDoh:
            if (!(dns.block_browser_doh || dns.strict) || is_named_allow(verdict)) return false;
            return answer(rcode::nx_domain, Explanation{Ede::Blocked, "vivi: browsers' own DoH"}, blocked_ttl);
        case Special::PrivateRelay:
            if (!(dns.block_private_relay || dns.strict) || is_named_allow(verdict)) return false;
            return answer(rcode::nx_domain, Explanation{Ede::Blocked, "vivi: iCloud Private Relay"}, blocked_ttl);
    }
    const bool is_single_label = !name.empty() && name.find('.') == std::string_view::npos;
    if (is_single_label && !is_about_zones(type) && !is_private_name(name))
        return answer(rcode::nx_domain, std::nullopt, local_ttl);
    return false;
}

bool Engine::State::is_repeated(FlightIndex index, const Client& client) const noexcept {
    auto at = flights[index].first_waiter;
    for (int i = 0; i < most_looked_at && at != no_index; ++i, at = flights.waiter(at).next) {
        const auto& waiter = flights.waiter(at);
        if (waiter.id == asked.id && waiter.client.from == client.from && waiter.client.transport == client.transport &&
            waiter.client.route == client.route)
            return true;
    }
    return false;
}

Waiter Engine::State::waiter_of(const Client& client, std::uint16_t bucket) const noexcept {
    return {.client = client,
            .id = asked.id,
            .flags = asked.flags,
            .most_bytes = static_cast<std::uint16_t>(asked.most_bytes),
            .bucket = bucket,
            .has_edns = asked.has_edns,
            .letter_case = case_of(asked.question.name)};
}

void Engine::State::join(FlightIndex index, const Client& client, std::uint16_t bucket) {
    flights.wait(index, waiter_of(client, bucket));
    clients.enter(bucket);
}

/// As if the upstream had answered this client alone, just now.
bool Engine::State::answer_from_cache(std::uint64_t number, const FlightKey& key, const Client& client, Instant now,
                                      Decisions& out) {
    const auto bytes = cache.find(number, key, now, cached);
    if (bytes.empty() || !parse_message(bytes, message) || !read_answer()) return false;
    ++counters.cached;
    deliver_to(waiter_of(client, WaitingClients::uncounted), now, out);
    return true;
}

void Engine::State::forward(const Client& client, Instant now, Decisions& out) {
    FlightKey key{.name = asked.question.name,
                  .type = asked.question.type,
                  .dnssec_ok = asked.dnssec_ok,
                  .checking_disabled = (asked.flags & flag::cd) != 0};
    std::ranges::transform(key.name.octets(), key.name.octets().begin(), folded);
    const auto kind = std::uint64_t{key.type} << 2 | (key.dnssec_ok ? 2U : 0U) | (key.checking_disabled ? 1U : 0U);
    const auto number = hash(std::as_const(key).name.octets(), kind);
    if (answer_from_cache(number, key, client, now, out)) return;
    auto index = flights.find(number, key);
    if (index != no_index && is_repeated(index, client)) {
        ++counters.repeated;
        return;
    }
    const auto bucket = is_router(client) ? WaitingClients::uncounted : clients.bucket(client.from.address, hash);
    if (clients.count(bucket) >= limits.a_client) {
        ++counters.refused;
        return refuse(client, rcode::refused, Explanation{Ede::Other, "vivi: too many questions of this device"}, out);
    }
    if (index == no_index ? !flights.has_room() : !flights.has_waiter_room()) {
        ++counters.overload;
        return refuse(client, rcode::serv_fail, Explanation{Ede::Other, "vivi: too many questions"}, out);
    }
    if (index != no_index) {
        ++counters.coalesced;
        return join(index, client, bucket);
    }
    const auto upstream = upstreams.choose(0, now);
    if (!upstream) {
        ++counters.failed;
        return refuse(client, rcode::serv_fail, Explanation{Ede::NetworkError, "vivi: no upstream resolver"}, out);
    }
    ++counters.forwarded;
    index = flights.add(number, key);
    flights[index].end = now + limits.total;
    join(index, client, bucket);
    ask(index, *upstream, Transport::Udp, now, out);
}

}  // namespace vivi::dnsd
