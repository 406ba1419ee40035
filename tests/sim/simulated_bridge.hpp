// The bridge of a simulated router: speaks vivi-sync/1 on the socket the tunnel joins, with a crowd's events instead of a LAN's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <set>
#include <string>

#include "common/model/configuration.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/task.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/sync/router_session.hpp"
#include "tests/sim/crowd.hpp"

namespace vivi::sim {

/// Keeps its entries in memory until they are acknowledged; one epoch for its life.
class SimulatedBridge {
public:
    /// What happened in the last `backlog` is told first.
    SimulatedBridge(Crowd crowd, std::string socket, Milliseconds backlog = {});

    /// Accepts streams, the newest replacing the older, until cancelled.
    Task<> run();

    /// {"entries","sequence","applied_revision"}
    model::Json health() const;

private:
    Task<> produce();
    Task<> serve();
    Task<> stream(UnixSocket socket);
    Task<> read(UnixSocket& socket, sync::RouterSession& session);
    Task<> write(UnixSocket& socket, sync::RouterSession& session);
    void append(std::string_view topic, model::Json members, WallTime at = wall_now());
    void tell_backlog();
    void hear(const sync::RouterSession::Message& message);
    void apply(const sync::Config& config);
    sync::Hello hello() const;

    Crowd crowd_;
    std::string socket_;
    Milliseconds backlog_;
    sync::Epoch epoch_{};
    std::string instance_;
    std::uint64_t sequence_ = 0;
    std::deque<sync::Entry> entries_;
    std::size_t offered_ = 0;  ///< How many of entries_ this session has taken.
    std::int64_t applied_revision_ = 0;
    Instant watched_until_{};
};

}  // namespace vivi::sim
