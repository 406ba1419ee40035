// The routers connected to this hub, and what the server wants of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>

#include "common/bus/bus.hpp"
#include "common/store/store.hpp"
#include "server/hub/pending.hpp"
#include "server/hub/tunnel.hpp"

namespace vivi::hub {

class Fleet {
public:
    Fleet(Services& services, store::Store& redis) : services_{services}, redis_{redis} {}

    /// A router has one tunnel: a newer one makes the older leave.
    void add(Tunnel& tunnel);
    void remove(Tunnel& tunnel);
    /// Pending routers hear wake-ups too; a newer connection of a key makes the older leave.
    void hold(PendingRouter& router);
    void release(PendingRouter& router);
    std::size_t pending() const noexcept { return pending_.size(); }
    std::size_t size() const noexcept { return tunnels_.size(); }
    std::size_t streams() const;

    /// Hears wake-ups: router.*.desired, router.*.watch and router.*.commands. Never ends by itself.
    Task<> listen(bus::Subscriber& subscriber);
    /// Looks by itself every 5 s, so that a lost wake-up costs 5 s: sessions, states and revisions in PostgreSQL, watches in
    /// Redis.
    Task<> look();

private:
    void hear(const bus::Message& message);
    Task<> look_at_routers();
    Task<> look_at_watches();
    static void watch(Tunnel& tunnel, Milliseconds duration);

    Services& services_;
    store::Store& redis_;
    std::unordered_map<std::string, PendingRouter*> pending_;
    std::unordered_map<std::string, Tunnel*> tunnels_;  // Each removes itself before it ends.
};

}  // namespace vivi::hub
