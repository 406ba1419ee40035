// The bridge of a simulated router.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulated_bridge.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>

#include "common/core/crypto.hpp"

namespace vivi::sim {
namespace {

constexpr Milliseconds watched_tick{250};
constexpr Milliseconds tick{10'000};
constexpr std::size_t most_entries = 100'000;

}  // namespace

SimulatedBridge::SimulatedBridge(Crowd crowd, std::string socket, Milliseconds backlog)
    : crowd_{std::move(crowd)}, socket_{std::move(socket)}, backlog_{backlog}, instance_{crypto::random_id()} {
    const auto random = crypto::random_bytes(epoch_.octets.size());
    std::ranges::copy(random, epoch_.octets.begin());
}

Task<> SimulatedBridge::run() { co_await together(produce(), serve()); }

model::Json SimulatedBridge::health() const {
    return {{"entries", entries_.size()}, {"sequence", sequence_}, {"applied_revision", applied_revision_}};
}

void SimulatedBridge::append(std::string_view topic, model::Json members, WallTime at) {
    ++sequence_;
    auto body = model::to_json(model::Envelope{.at = at, .from = {.instance = instance_, .number = sequence_}});
    body.update(members);
    entries_.push_back({.epoch = epoch_, .sequence = sequence_, .topic = std::string{topic}, .body = body.dump()});
    if (entries_.size() > most_entries) {
        entries_.pop_front();
        offered_ -= std::min<std::size_t>(offered_, 1);
    }
}

/// A batch for each minute, as a bridge that was long alone would have made them coarser.
void SimulatedBridge::tell_backlog() {
    constexpr Milliseconds step{60'000};
    const auto end = wall_now();
    for (auto at = end - backlog_; at < end; at += step)
        append(model::topic::traffic_batch, model::to_json(crowd_.tick(step)), at);
}

Task<> SimulatedBridge::produce() {
    tell_backlog();
    for (const auto& lease : crowd_.arrivals(wall_now())) append(model::topic::lease_granted, {{"lease", model::to_json(lease)}});
    auto last = now();
    for (;;) {
        co_await after(watched_tick);
        const auto duration = now() < watched_until_ ? watched_tick : tick;
        const auto passed = std::chrono::duration_cast<Milliseconds>(now() - last);
        if (passed < duration) continue;
        append(model::topic::traffic_batch, model::to_json(crowd_.tick(passed)));
        last = now();
    }
}

Task<> SimulatedBridge::serve() {
    auto acceptor = listen_unix(co_await net::this_coro::executor, socket_);
    for (;;) {
        // One stream at a time is enough here: the hub opens the next one when the last has ended.
        co_await stream(co_await acceptor.async_accept(net::use_awaitable));
    }
}

sync::Hello SimulatedBridge::hello() const {
    sync::Hello hello{.software = "vivi-sim-router " VIVI_VERSION,
                      .boot_id = instance_,
                      .epoch = epoch_,
                      .applied_revision = applied_revision_};
    if (!entries_.empty())
        hello.stored.push_back({.epoch = epoch_, .first = entries_.front().sequence, .last = entries_.back().sequence});
    return hello;
}

Task<> SimulatedBridge::stream(UnixSocket socket) {
    sync::RouterSession session{hello()};
    offered_ = 0;
    co_await together(read(socket, session), write(socket, session));
}

Task<> SimulatedBridge::read(UnixSocket& socket, sync::RouterSession& session) {
    std::array<std::byte, 16 * 1024> buffer{};
    for (;;) {
        const auto [error, count] = co_await socket.async_read_some(net::buffer(buffer), as_value);
        if (error) co_return;
        const auto received = session.receive(BytesView{buffer}.first(count));
        for (const auto& message : received.messages) hear(message);
        if (received.ended) co_return;
    }
}

Task<> SimulatedBridge::write(UnixSocket& socket, sync::RouterSession& session) {
    for (;;) {
        while (offered_ < entries_.size()) {
            if (session.offer({&entries_[offered_], 1}) == 0) break;
            ++offered_;
        }
        if (session.has_output()) {
            const auto output = session.take_output();
            const auto [error, count] = co_await net::async_write(socket, net::buffer(output), as_value);
            if (error) co_return;
        }
        co_await after(Milliseconds{20});
    }
}

void SimulatedBridge::hear(const sync::RouterSession::Message& message) {
    if (const auto* ack = std::get_if<sync::Ack>(&message)) {
        while (!entries_.empty() && entries_.front().sequence <= ack->cursor.sequence) {
            entries_.pop_front();
            offered_ -= std::min<std::size_t>(offered_, 1);
        }
    } else if (const auto* config = std::get_if<sync::Config>(&message)) {
        apply(*config);
    } else if (const auto* watch = std::get_if<sync::Watch>(&message)) {
        watched_until_ = now() + watch->duration;
    }
}

void SimulatedBridge::apply(const sync::Config& config) {
    const auto document = model::parse_json(config.document, model::max_configuration_bytes);
    const auto configuration =
        document ? model::parse_configuration(*document) : std::unexpected{model::Problems{document.error().detail}};
    if (!configuration) {
        append(model::topic::config_failed,
               {{"revision", config.revision}, {"by", "router"}, {"detail", configuration.error().front()}});
        return;
    }
    std::set<Mac> banned;
    for (const auto& rule : configuration->policy.devices) {
        if (rule.decision == model::Decision::Deny) banned.insert(rule.device);
    }
    crowd_.ban(banned);
    applied_revision_ = config.revision;
    append(model::topic::config_applied, {{"revision", config.revision}, {"by", "router"}});
}

}  // namespace vivi::sim
