// Replacing, waking and checking the tunnels of one thread.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/fleet.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/held.hpp"
#include "server/live/messages.hpp"

namespace vivi::hub {
namespace {

const Error replaced{Code::Conflict, "a newer session of this router replaced it"};
const Error connected_again{Code::Conflict, "a newer connection of this router replaced it"};

}  // namespace

void Fleet::add(Tunnel& tunnel) {
    const auto router = tunnel.router();
    const auto session = tunnel.session();
    auto& place = tunnels_[router];
    if (place != nullptr && place->session() > session) {  // PostgreSQL gave it out later and answered it earlier.
        tunnel.leave(replaced);
        return;
    }
    if (place != nullptr && place->leave(replaced)) ++services_.counts.replaced;
    place = &tunnel;
    others_([router, session](Fleet& other) { other.give_way(router, session); });
}

void Fleet::give_way(const std::string& router, std::int64_t session) {
    const auto found = tunnels_.find(router);
    if (found == tunnels_.end()) return;
    const auto mine = found->second->session();
    if (mine < session) {
        if (found->second->leave(replaced)) ++services_.counts.replaced;
    } else if (mine > session) {
        others_([router, mine](Fleet& other) { other.give_way(router, mine); });
    }
}

void Fleet::remove(Tunnel& tunnel) {
    const auto found = tunnels_.find(tunnel.router());
    if (found != tunnels_.end() && found->second == &tunnel) tunnels_.erase(found);
}

void Fleet::hold(PendingRouter& router) {
    auto& place = pending_[router.router()];
    if (place != nullptr) place->leave(connected_again);
    place = &router;
    others_([id = router.router(), serial = router.serial()](Fleet& other) { other.give_way_pending(id, serial); });
}

void Fleet::give_way_pending(const std::string& router, std::uint64_t serial) {
    const auto found = pending_.find(router);
    if (found == pending_.end()) return;
    const auto mine = found->second->serial();
    if (mine < serial) found->second->leave(connected_again);
    if (mine > serial) others_([router, mine](Fleet& other) { other.give_way_pending(router, mine); });
}

void Fleet::release(PendingRouter& router) {
    const auto found = pending_.find(router.router());
    if (found != pending_.end() && found->second == &router) pending_.erase(found);
}

void Fleet::hear(const bus::Message& message) {
    if (const auto desired = live::parse_desired(message)) {
        if (const auto held = pending_.find(desired->router); held != pending_.end()) held->second->wake();
        const auto found = tunnels_.find(desired->router);
        if (found == tunnels_.end()) return;
        found->second->wishes().is_desired_unread = true;
        found->second->wishes().changed.notify();
    } else if (const auto watched = live::parse_watched(message)) {
        const auto found = tunnels_.find(watched->router);
        if (found != tunnels_.end()) watch(*found->second, watched->duration);
    } else if (const auto commanded = live::parse_commanded(message)) {
        const auto found = tunnels_.find(commanded->router);
        if (found != tunnels_.end()) found->second->commands().look();
    }
}

void Fleet::watch(Tunnel& tunnel, Milliseconds duration) {
    auto& wishes = tunnel.wishes();
    const auto until = now() + duration;
    const bool was_watched = wishes.watched_until > now();
    wishes.watched_until = until;
    if (was_watched == duration > 0ms) return;  // Prolonged: the stream repeats it in its own time.
    wishes.is_watch_news = true;
    wishes.changed.notify();
}

Task<> Fleet::look() {
    for (;;) {
        co_await after(5s);
        if (tunnels_.empty()) continue;
        co_await look_at_routers();
        co_await look_at_watches();
    }
}

Task<> Fleet::look_at_routers() {
    std::unordered_map<std::string, std::int64_t> sessions;  // Started before we look: their rows must say so.
    for (const auto& [router, tunnel] : tunnels_) sessions.emplace(router, tunnel->session());
    std::vector<std::string> routers;
    for (const auto& [router, session] : sessions) routers.push_back(router);
    const auto held = co_await db::held_routers(services_.pool, services_.hub, std::move(routers));
    if (!held) {
        log::debug("fleet.unlooked", {{"reason", held.error().detail}});
        co_return;
    }
    for (const auto& row : *held) {
        const auto known = sessions.find(row.router);
        const auto found = tunnels_.find(row.router);
        if (known == sessions.end() || found == tunnels_.end() || found->second->session() != known->second) continue;
        auto& tunnel = *found->second;
        if (row.session == tunnel.session()) sessions.erase(known);
        if (row.has_commands) tunnel.commands().look();
        if (row.state != db::RouterState::Accepted) {
            tunnel.leave({Code::Denied, "the router's key was revoked"});
        } else if (row.desired_revision > tunnel.wishes().sent_revision) {
            tunnel.wishes().is_desired_unread = true;
            tunnel.wishes().changed.notify();
        }
    }
    for (const auto& [router, session] : sessions) {  // Not held by this session any more.
        const auto found = tunnels_.find(router);
        if (found != tunnels_.end() && found->second->session() == session)
            found->second->leave({Code::Conflict, "a newer session of this router is on another hub"});
    }
}

Task<> Fleet::look_at_watches() {
    std::vector<std::string> routers;
    std::vector<store::Command> commands;
    for (const auto& [router, tunnel] : tunnels_) {
        routers.push_back(router);
        commands.push_back({"PTTL", live::watch_key(router)});
    }
    const auto replies = co_await redis_.pipeline(std::move(commands));
    if (!replies || replies->size() != routers.size()) co_return;  // The store logs its own absence.
    for (std::size_t i = 0; i < routers.size(); ++i) {
        const auto found = tunnels_.find(routers[i]);
        const auto& reply = (*replies)[i];
        const bool is_watched = reply.kind == store::Reply::Kind::Integer && reply.integer > 0;
        if (found != tunnels_.end() && is_watched) watch(*found->second, Milliseconds{reply.integer});
    }
}

}  // namespace vivi::hub
