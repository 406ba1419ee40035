// The routers connected to one thread of this hub, and what the server wants of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "common/bus/bus.hpp"
#include "common/store/store.hpp"
#include "server/hub/pending.hpp"
#include "server/hub/tunnel.hpp"

namespace vivi::hub {

/// Everything happens on the thread of its sessions. A router has one session, and the newest counts: fleets of the other
/// threads are told when one comes, and tell back when theirs is newer.
class Fleet {
public:
    /// Runs something with the fleet of each other thread, on that thread, some time.
    using Others = std::function<void(std::function<void(Fleet&)>)>;
    Fleet(Services& services, store::Store& redis, Others others)
        : services_{services}, redis_{redis}, others_{std::move(others)} {}

    /// A router has one tunnel: a newer one makes the older leave.
    void add(Tunnel& tunnel);
    void remove(Tunnel& tunnel);
    /// Pending routers hear wake-ups too; a newer connection of a key makes the older leave.
    void hold(PendingRouter& router);
    void release(PendingRouter& router);

    /// A wake-up: router.*.desired, router.*.watch or router.*.commands.
    void hear(const bus::Message& message);
    /// Looks by itself every 5 s, so that a lost wake-up costs 5 s: sessions, states and revisions in PostgreSQL, watches in
    /// Redis. Never ends by itself.
    Task<> look();

private:
    /// The router has `session` on another thread.
    void give_way(const std::string& router, std::int64_t session);
    void give_way_pending(const std::string& router, std::uint64_t serial);
    Task<> look_at_routers();
    Task<> look_at_watches();
    static void watch(Tunnel& tunnel, Milliseconds duration);

    Services& services_;
    store::Store& redis_;
    Others others_;
    std::unordered_map<std::string, PendingRouter*> pending_;
    std::unordered_map<std::string, Tunnel*> tunnels_;  // Each removes itself before it ends.
};

}  // namespace vivi::hub
