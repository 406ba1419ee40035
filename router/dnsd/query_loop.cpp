// Batches in, decisions out.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/query_loop.hpp"

#include <algorithm>
#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"

namespace vivi::dnsd {
namespace {

constexpr std::uint64_t neighbour_tag = 1, first_listener_tag = 2, first_upstream_tag = 1'024;
/// Rounds between two looks at everything else on the loop (TCP, Redis, the broker): about a millisecond when all are full.
constexpr int most_rounds = 8;
/// A failed question may be asked elsewhere at once, and fail there too; the rest waits for its deadline.
constexpr int most_settlements = 4;
constexpr Seconds period{60};       ///< Of latency.
constexpr Seconds socket_age{120};  ///< Then a source port is replaced, as soon as nothing waits there.
constexpr Seconds between_renewals{5};

std::uint32_t microseconds(Instant at) noexcept {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<Microseconds>(at.time_since_epoch()).count());
}

}  // namespace

QueryLoop::QueryLoop(const net::any_io_executor& executor, Engine& engine, firewall::AllowedPort& allowed, std::size_t slots)
    : engine_{engine}, allowed_{allowed}, poller_{executor}, upstreams_{poller_.descriptor(), first_upstream_tag, slots} {}

Status QueryLoop::listen(const Endpoint& where) {
    auto listener = UdpListener::open(where, static_cast<std::uint8_t>(listeners_.size()));
    if (!listener) return std::unexpected{std::move(listener).error()};
    poller_.watch(listener->descriptor(), first_listener_tag + listeners_.size());
    listeners_.push_back(*std::move(listener));
    return {};
}

void QueryLoop::set_upstreams(std::span<const Endpoint> upstreams) {
    engine_.set_upstreams(upstreams);
    upstreams_.set_upstreams(upstreams);
}

void QueryLoop::set_policy(std::shared_ptr<const policy::Engine> policy) {
    const auto gone = engine_.set_policy(std::move(policy));
    if (gone.empty()) return;
    const auto taken = allowed_.forbid(gone);
    // Without a table there is nothing to take away.
    if (!taken && taken.error().code != Code::NotFound)
        log::error("allowed.not_taken_back", {{"reason", taken.error().detail}, {"count", gone.size()}});
}

void QueryLoop::query(BytesView message, const Client& client) {
    const auto at = vivi::now();
    engine_.query(message, client, at, decisions_);
    settle(at);
}

void QueryLoop::upstream_answer(BytesView message, const Endpoint& from) {
    const auto at = vivi::now();
    engine_.upstream_answer(message, from, Transport::Tcp, 0, at, decisions_);
    settle(at);
}

void QueryLoop::upstream_failed(const Endpoint& upstream, std::uint16_t id) {
    const auto at = vivi::now();
    engine_.upstream_failed(upstream, Transport::Tcp, id, at, decisions_);
    settle(at);
}

Task<> QueryLoop::run() {
    auto watch = firewall::NeighbourWatch::open();
    if (!watch) throw Fatal{watch.error()};
    neighbours_ = *std::move(watch);
    poller_.watch(neighbours_->descriptor(), neighbour_tag);
    for (;;) {
        co_await poller_.ready();
        for (int rounds = 0; rounds < most_rounds && round(); ++rounds) {
        }
    }
}

Task<> QueryLoop::keep_house() {
    auto turn = vivi::now() + period;
    for (;;) {
        co_await after(between_renewals);
        const auto at = vivi::now();
        upstreams_.renew(at - socket_age, [this](SlotId slot) { return engine_.asks_at(slot) == 0; });
        if (at < turn) continue;
        forwarding_.turn();
        turn = at + period;
    }
}

bool QueryLoop::round() {
    const auto tags = poller_.take();
    if (tags.empty()) return false;
    const auto at = vivi::now();
    // First who is who, then what they ask.
    if (std::ranges::find(tags, neighbour_tag) != tags.end()) take_neighbours();
    for (const auto tag : tags) {
        if (tag == Poller::timer_tag) {
            armed_.reset();
            engine_.expire(at, decisions_);
        } else if (tag >= first_upstream_tag) {
            take_answers(tag, at);
        } else if (tag >= first_listener_tag) {
            take_queries(listeners_[static_cast<std::size_t>(tag - first_listener_tag)], at);
        }
    }
    settle(at);
    return true;
}

void QueryLoop::take_neighbours() {
    if (!neighbours_) return;
    const auto changes = neighbours_->take();
    if (!changes) {
        ++counters_.neighbours_lost;
        log::warn("neighbours.lost", {{"reason", changes.error().detail}});
        if (const auto asked = neighbours_->read_again(); !asked) throw Fatal{asked.error()};
        return;
    }
    auto& devices = engine_.devices();
    for (const auto& change : *changes) {
        // What the kernel forgot is still the best we know: it forgets who is silent for a minute, and a device that asks again
        // need not say who it is first. Another device at the address makes itself known before it asks (ARP, RFC 4861
        // section 7.2.2).
        if (change.device)
            devices.add_neighbour({.address = change.address, .device = *change.device});
        else if (devices.refused() > 0)
            devices.remove_neighbour(change.address);
    }
}

void QueryLoop::take_queries(UdpListener& listener, Instant now) {
    const auto datagrams = listener.receive();
    if (datagrams.empty()) return;
    ++counters_.batches;
    // Notifications come before the packets of the neighbour they are about: one more look a batch, whoever is unknown in it.
    const auto is_unknown = [this](const Datagram& datagram) {
        return !engine_.devices().find(datagram.client.from.address).device;
    };
    if (std::ranges::any_of(datagrams, is_unknown)) take_neighbours();
    for (const auto& datagram : datagrams) engine_.query(datagram.bytes, datagram.client, now, decisions_);
}

void QueryLoop::take_answers(std::uint64_t tag, Instant now) {
    const auto heard = upstreams_.receive(tag);
    if (heard.is_refused) {
        ++counters_.ports_refused;
        engine_.upstream_failed(heard.from, Transport::Udp, 0, now, decisions_);
    }
    const auto now_us = microseconds(now);
    for (const auto message : heard.messages) {
        if (message.size() >= 2) {
            const auto id =
                static_cast<std::size_t>(std::to_integer<unsigned>(message[0]) << 8 | std::to_integer<unsigned>(message[1]));
            if (const auto asked = std::exchange(asked_at_us_[id], 0); asked != 0)
                forwarding_.record(Microseconds{now_us - asked});
        }
        engine_.upstream_answer(message, heard.from, Transport::Udp, heard.slot, now, decisions_);
    }
}

void QueryLoop::settle(Instant now) {
    for (int i = 0; i < most_settlements && !decisions_.empty(); ++i) {
        allow();
        send_answers();
        send_asks(now);
        decisions_.clear();
        for (const auto& failure : std::exchange(failures_, {}))
            engine_.upstream_failed(failure.upstream, failure.transport, failure.id, now, decisions_);
    }
    arm_timer();
}

void QueryLoop::allow() {
    const auto elements = decisions_.allowed();
    if (elements.empty()) return;
    const auto put = allowed_.allow(elements, decisions_.allow_for());
    if (put) {
        if (std::exchange(is_allow_failing_, false)) log::info("allowed.works_again");
        return;
    }
    ++counters_.allow_failures;
    engine_.allow_failed();
    if (!std::exchange(is_allow_failing_, true)) log::error("allowed.refused", {{"reason", put.error().detail}});
}

void QueryLoop::send_answers() {
    for (const auto& answer : decisions_.answers()) {
        const auto bytes = decisions_.bytes(answer);
        if (answer.client.transport == Transport::Tcp) {
            if (streams_.answer) streams_.answer(answer.client, bytes);
            continue;
        }
        auto& listener = listeners_[UdpListener::number_of(answer.client)];
        if (listener.is_full()) counters_.unsent += listener.flush();
        listener.queue(answer.client, bytes);
    }
    for (auto& listener : listeners_) counters_.unsent += listener.flush();
}

void QueryLoop::send_asks(Instant now) {
    if (decisions_.asks().empty()) return;
    const auto now_us = std::max<std::uint32_t>(1, microseconds(now));  // 0: not asked.
    for (const auto& ask : decisions_.asks()) {
        const auto bytes = decisions_.bytes(ask);
        const bool is_udp = ask.transport == Transport::Udp;
        const bool is_taken = is_udp ? upstreams_.queue(ask, bytes) : streams_.ask && streams_.ask(ask, bytes);
        if (!is_taken)
            failures_.push_back({.upstream = ask.to, .transport = ask.transport, .id = ask.id});
        else if (is_udp)
            asked_at_us_[ask.id] = now_us;
    }
    for (const auto& refused : upstreams_.flush()) {
        ++counters_.ports_refused;
        failures_.push_back({.upstream = refused});
    }
}

void QueryLoop::arm_timer() {
    const auto next = engine_.next_deadline();
    if (!next || (armed_ && *armed_ <= *next)) return;
    armed_ = *next;
    poller_.wake_at(*next);
}

}  // namespace vivi::dnsd
