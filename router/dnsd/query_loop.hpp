// The hot path: one thread that takes datagrams in batches, asks the engine, and does what it decides in the order it must be
// done. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/runtime/task.hpp"
#include "router/dnsd/decisions.hpp"
#include "router/dnsd/engine.hpp"
#include "router/dnsd/latency.hpp"
#include "router/dnsd/poller.hpp"
#include "router/dnsd/udp_listener.hpp"
#include "router/dnsd/upstream_sockets.hpp"
#include "router/firewall/allowed.hpp"
#include "router/firewall/neighbour_watch.hpp"

namespace vivi::dnsd {

/// Who speaks TCP for the loop. Both are called while decisions are carried out: no verb of the loop may be called from inside.
struct Streams {
    std::function<void(const Client&, BytesView)> answer;
    std::function<bool(const Decisions::Ask&, BytesView)> ask;  ///< False: at the bound.
};

/// Beside the engine's counters: what happened to datagrams at the edge.
struct LoopCounters {
    std::uint64_t batches = 0;
    std::uint64_t unsent = 0;           ///< Answers the kernel did not take.
    std::uint64_t allow_failures = 0;   ///< Batches whose addresses did not get into the sets.
    std::uint64_t neighbours_lost = 0;  ///< Times the kernel had no room for notifications; the table was read again.
    std::uint64_t ports_refused = 0;    ///< ICMP from upstreams.
};

/// Everything on one loop. Verbs of the engine are called here only, so that each batch's decisions are settled at once: allowed
/// addresses into the kernel, then answers out, then questions to upstreams.
class QueryLoop {
public:
    QueryLoop(const net::any_io_executor& executor, Engine& engine, firewall::AllowedPort& allowed, std::size_t slots);

    /// Binds one more UDP listener; before run().
    Status listen(const Endpoint& where);
    void speak_tcp_with(Streams streams) { streams_ = std::move(streams); }

    void set_upstreams(std::span<const Endpoint> upstreams);
    /// Between two batches: the next query is decided by it, and what it no longer allows leaves the sets.
    void set_policy(std::shared_ptr<const policy::Engine> policy);

    // Verbs for TCP and for tests; each settles what was decided.
    void query(BytesView message, const Client& client);
    void upstream_answer(BytesView message, const Endpoint& from);
    void upstream_failed(const Endpoint& upstream, std::uint16_t id);

    /// Fatal when neighbours cannot be watched. Ends by cancellation.
    Task<> run();
    /// Turns latency's periods and renews old source ports. Ends by cancellation.
    Task<> keep_house();

    const LoopCounters& counters() const noexcept { return counters_; }
    const Latency& forwarding() const noexcept { return forwarding_; }
    std::size_t upstream_sockets() const noexcept { return upstreams_.open_sockets(); }

private:
    bool round();
    void take_neighbours();
    void take_queries(UdpListener& listener, Instant now);
    void take_answers(std::uint64_t tag, Instant now);
    void settle(Instant now);
    void allow();
    void send_answers();
    void send_asks(Instant now);
    void arm_timer();

    Engine& engine_;
    firewall::AllowedPort& allowed_;
    Poller poller_;
    std::optional<firewall::NeighbourWatch> neighbours_{};
    std::vector<UdpListener> listeners_{};
    UpstreamSockets upstreams_;
    Streams streams_{};
    Decisions decisions_{};

    struct Failure {
        Endpoint upstream{};
        Transport transport = Transport::Udp;
        std::uint16_t id = 0;
    };
    std::vector<Failure> failures_{};

    std::optional<Instant> armed_{};
    bool is_allow_failing_ = false;
    LoopCounters counters_{};
    Latency forwarding_{};
    /// When the last question with this id left, in microseconds since some moment. Ids are random: two at once are rare, and
    /// only make one measurement wrong.
    std::vector<std::uint32_t> asked_at_us_ = std::vector<std::uint32_t>(65'536);
};

}  // namespace vivi::dnsd
