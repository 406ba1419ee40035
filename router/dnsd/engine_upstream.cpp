// Asking upstreams, again and elsewhere; and whether what comes back is an answer to what was asked.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/wire/dns_message_writer.hpp"
#include "router/dnsd/engine_state.hpp"

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

constexpr unsigned most_tries = 8;
constexpr std::size_t most_query_bytes = header_bytes + 259 + 11;

bool is_failure(std::uint16_t rcode) noexcept {
    return rcode == rcode::serv_fail || rcode == rcode::refused || rcode == rcode::not_imp || rcode == rcode::form_err;
}

/// The upstream says that the answer is forged or wrong (RFC 8914 sections 4.6 to 4.13): nobody else is asked, who might not
/// look.
bool is_bogus(const Message& message) noexcept {
    if (!message.edns) return false;
    for (Reader in{message.edns->options}; !in.done();) {
        const auto code = in.u16();
        auto value = in.sub(in.u16());
        const auto info = value.u16();
        if (code == EdeOption::code && value.ok() && info >= 5 && info <= 12) return true;
    }
    return false;
}

}  // namespace

void Engine::State::ask(FlightIndex index, UpstreamId upstream, Transport transport, Instant now, Decisions& out) {
    auto& flight = flights[index];
    const auto& endpoint = upstreams.endpoint(upstream);
    const bool is_first = flight.tries == 0;
    const bool is_same = !is_first && flight.endpoint == endpoint && flight.transport == transport;
    const bool mixes = transport == Transport::Udp && upstreams.keeps_case(upstream);
    if (!is_same || flight.mixes_case != mixes) {
        if (!is_first && flight.transport == Transport::Udp) --slot_asks.at(flight.slot);
        flight.endpoint = endpoint;
        flight.transport = transport;
        flight.slot = transport == Transport::Udp ? static_cast<SlotId>(random.u16() % limits.slots) : SlotId{0};
        flight.id = random.u16();
        for (int i = 0; i < 16 && flights.is_id_used(flight.id); ++i) flight.id = random.u16();
        flight.mixes_case = mixes;
        for (auto& bits : flight.sent_case) bits = mixes ? random.u64() : 0;
        if (transport == Transport::Udp) ++slot_asks.at(flight.slot);
    }
    if (!is_first) ++counters.retries;
    flight.asked_at = now;
    flight.deadline = std::min(now + upstreams.patience(upstream, flight.tries), flight.end);
    ++flight.tries;
    upstreams.asked(upstream, now);
    flight.tried |= Tried{1} << std::min<unsigned>(upstream, 63);
    flights.send(index);

    Question question{.name = flight.key.name, .type = flight.key.type, .klass = class_in};
    apply_case(flight.sent_case, question.name);
    const auto flags = static_cast<std::uint16_t>(flag::rd | (flight.key.checking_disabled ? flag::cd : 0));
    MessageWriter writer{out.room(most_query_bytes), flight.id, flags};
    writer.question(question);
    writer.edns(0, flight.key.dnssec_ok, {});
    out.ask({.upstream = upstream, .transport = transport, .slot = flight.slot, .to = endpoint, .id = flight.id},
            writer.finish());
}

void Engine::State::retry(FlightIndex index, Instant now, Decisions& out) {
    const auto& flight = flights[index];
    const auto upstream = upstreams.choose(flight.tried, now);
    if (!upstream || now >= flight.end || flight.tries >= most_tries) return fail(index, out);
    ask(index, *upstream, Transport::Udp, now, out);
}

void Engine::State::finish(FlightIndex index) noexcept {
    auto& flight = flights[index];
    if (flight.transport == Transport::Udp && flight.tries != 0) --slot_asks.at(flight.slot);
    flights.release(index, [this](const Waiter& waiter) {
        clients.leave(waiter.bucket);
        return true;
    });
    flights.remove(index);
}

void Engine::State::fail(FlightIndex index, Decisions& out) {
    assume(index);
    for (auto at = flights[index].first_waiter; at != no_index; at = flights.waiter(at).next) {
        const auto& waiter = flights.waiter(at);
        assume(waiter);
        ++counters.failed;
        refuse(waiter.client, rcode::serv_fail, Explanation{Ede::NetworkError, "vivi: no upstream resolver answers"}, out);
    }
    finish(index);
}

void Engine::State::expire(Instant now, Decisions& out) {
    for (auto index = flights.earliest(); index != no_index && flights[index].deadline <= now; index = flights.earliest()) {
        const auto& flight = flights[index];
        if (const auto upstream = upstreams.find(flight.endpoint)) upstreams.timed_out(*upstream, flight.asked_at, now);
        retry(index, now, out);
    }
}

/// The question is the one that was sent. What an upstream makes of its case is dealt with here.
bool Engine::State::is_answer_to(FlightIndex index, UpstreamId upstream, Instant now, Decisions& out) {
    const auto& flight = flights[index];
    auto sent = flight.key.name;
    apply_case(flight.sent_case, sent);
    const auto& question = message.question;
    const bool fits = question.type == flight.key.type && question.klass == class_in && question.name.equals(sent);
    if (!fits) return false;
    if (!flight.mixes_case || question.name.is_same(sent)) {
        if (flight.mixes_case && !sent.is_same(flight.key.name)) upstreams.kept_case(upstream);
        return true;
    }
    // Either a forger who does not know the case, or an upstream that never keeps it: that one is asked again, without.
    if (upstreams.lost_case(upstream) && flight.tries < most_tries) ask(index, upstream, Transport::Udp, now, out);
    return false;
}

void Engine::State::truncated(FlightIndex index, UpstreamId upstream, Instant now, Decisions& out) {
    assume(index);
    flights.release(index, [&](const Waiter& waiter) {
        if (waiter.client.transport == Transport::Tcp) return false;
        assume(waiter);  // It comes again by TCP (RFC 7766 section 5); nothing of the answer is let through.
        Reply reply{out.room(least_room), asked};
        out.answer(waiter.client, reply.put(false).finish(rcode::no_error));
        ++counters.truncated;
        clients.leave(waiter.bucket);
        return true;
    });
    if (flights[index].waiters == 0) return finish(index);
    ask(index, upstream, Transport::Tcp, now, out);
}

void Engine::State::upstream_answer(BytesView bytes, const Endpoint& from, Transport transport, SlotId slot, Instant now,
                                    Decisions& out) {
    const auto header = read_header(bytes);
    const auto upstream = upstreams.find(from);
    const auto index = header ? flights.sent(header->id, transport, slot, from) : no_index;
    const bool is_response = header && (header->flags & flag::qr) != 0 && (header->flags & flag::opcode) == 0;
    if (index == no_index || !upstream || !is_response) {
        ++counters.wrong;
        return;
    }
    const auto parsed = parse_message(bytes, message);
    const bool is_cut = (header->flags & flag::tc) != 0 && transport == Transport::Udp;
    if ((!parsed && !(is_cut && message.question_end != 0)) || !is_answer_to(index, *upstream, now, out)) {
        ++counters.wrong;
        return;
    }
    auto& flight = flights[index];
    const auto waited = std::chrono::duration_cast<Microseconds>(now - flight.asked_at);
    upstreams.answered(*upstream, flight.tries == 1 ? std::optional{waited} : std::nullopt, now);
    if (is_cut) return truncated(index, *upstream, now, out);
    if (is_failure(message.rcode()) && !is_bogus(message) && upstreams.has_other(flight.tried, now) && flight.tries < most_tries)
        return retry(index, now, out);
    deliver(index, now, out);
}

void Engine::State::upstream_failed(const Endpoint& endpoint, Transport transport, std::uint16_t id, Instant now,
                                    Decisions& out) {
    const auto upstream = upstreams.find(endpoint);
    if (transport == Transport::Tcp) {
        if (const auto index = flights.sent(id, Transport::Tcp, 0, endpoint); index != no_index) retry(index, now, out);
        return;
    }
    if (!upstream) return;
    upstreams.failed(*upstream, now);
    for (const auto index : flights.all()) {
        const auto& flight = flights[index];
        const bool is_there = flight.endpoint == endpoint && flight.transport == Transport::Udp;
        if (is_there && upstreams.has_other(flight.tried, now)) retry(index, now, out);
    }
}

}  // namespace vivi::dnsd
