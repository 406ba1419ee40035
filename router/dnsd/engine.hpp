// The resolver's mind: queries and upstream answers in, answers, questions and allowed addresses out; no socket, no clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"
#include "common/model/lease.hpp"
#include "common/model/policy_event.hpp"
#include "common/policy/rules.hpp"
#include "router/dnsd/decisions.hpp"
#include "router/dnsd/device_table.hpp"
#include "router/dnsd/health.hpp"
#include "router/dnsd/random.hpp"
#include "router/firewall/allowed.hpp"

namespace vivi::dnsd {

/// Every table has a bound; what happens there stands beside it.
struct Limits {
    std::size_t in_flight = 4096;  ///< Questions at upstreams. A new one is answered SERVFAIL at once.
    std::size_t waiting = 16'384;  ///< Clients that wait for them, likewise.
    std::size_t a_client = 512;    ///< Of one address (router: no bound), likewise REFUSED: one device cannot take them all.
    std::uint16_t slots = 64;      ///< UDP sockets that the edge has for upstreams.
    std::size_t devices = 16'384;  ///< Addresses. More are treated as new devices.
    std::size_t allowed = 65'536;  ///< Elements remembered with their name. The oldest is forgotten: it times out by itself.
    std::size_t seen_rows = 4096;  ///< A tick. More are `folded`.
    std::size_t cached = 0;        ///< Answers kept (AnswerCache); 0: none.
    std::size_t hit_rows = 1024;   ///< A tick. More are `folded`.
    Seconds total{4};              ///< A client hears something by then.
};

/// One loop, one thread; `now` never goes backwards. All verbs append to `out`, which the caller empties between batches: many
/// verbs, one batch. Until set_policy() everything is allowed; until set_upstreams() what is not local is SERVFAIL.
class Engine {
public:
    Engine(RandomSource& random, const Limits& limits);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// What decides from now on. The edge passes `{mapped, &mapped->engine()}`, so that the mapping lives as long. Gives the
    /// elements that were allowed before and are no longer: to be taken out of the sets. Questions in flight are decided by the
    /// policy that holds when their answer comes.
    [[nodiscard]] std::vector<firewall::Allowed> set_policy(std::shared_ptr<const policy::Engine> policy);
    /// The part of the document about DNS, and the networks: their addresses (vivi.<domain>, the page, the rebinding filter),
    /// domains and reservations.
    void set_dns(const model::Dns& dns, std::span<const model::Network> networks);
    /// In order of preference. Questions in flight at one that is gone are asked again elsewhere at their next deadline.
    void set_upstreams(std::span<const Endpoint> upstreams);
    /// All leases there are: devices' addresses and local names.
    void set_leases(std::span<const model::Lease> leases);
    /// Neighbours come and go here: set_neighbours, add_neighbour, remove_neighbour.
    DeviceTable& devices() noexcept;

    /// One message from a client: a datagram, or what stood behind a length in a TCP stream.
    void query(BytesView message, const Client& client, Instant now, Decisions& out);
    /// One message from an upstream. Over UDP: who sent it and at which slot it came in. Over TCP: `from` is whom the connection
    /// goes to, `slot` is 0.
    void upstream_answer(BytesView message, const Endpoint& from, Transport transport, SlotId slot, Instant now, Decisions& out);
    /// Nothing will come: a TCP connection that failed before the answer to `id` came, or ICMP said that a port is closed (then
    /// every question at that upstream is asked elsewhere; `id` is not looked at).
    void upstream_failed(const Endpoint& upstream, Transport transport, std::uint16_t id, Instant now, Decisions& out);
    /// The sets did not take `out.allowed()`: it is handed out again with the next answers.
    void allow_failed() noexcept;
    /// What the kernel's sets hold at the start (AllowedPort::held): for names that are not known any more, so the first
    /// set_policy() after it gives it back unless it was answered again until then.
    void adopt(std::span<const firewall::Allowed> held, Instant now);

    /// The earliest moment at which expire() has something to do: retries, fail-over, and SERVFAIL at the end.
    std::optional<Instant> next_deadline() const noexcept;
    void expire(Instant now, Decisions& out);

    /// Questions in flight at this slot: the edge binds a socket anew when there are none.
    std::size_t asks_at(SlotId slot) const noexcept;
    std::size_t in_flight() const noexcept;

    /// Rows since the last call; empty without any.
    model::DomainsSeen take_seen(Instant now);
    model::PolicyHits take_hits(Instant now);

    const Counters& counters() const noexcept;
    std::vector<UpstreamHealth> upstreams(Instant now) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vivi::dnsd
