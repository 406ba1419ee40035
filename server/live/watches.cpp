// Announcing who is being looked at, in Redis (for a hub that starts later) and on the bus (for one that runs).
// SPDX-License-Identifier: Apache-2.0
#include "server/live/watches.hpp"

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/live/messages.hpp"

namespace vivi::live {

Watch::~Watch() {
    const auto found = all_->counts.find(router_);
    if (found == all_->counts.end() || --found->second > 0) return;
    all_->counts.erase(found);
    all_->fresh.erase(router_);
}

std::unique_ptr<Watch> Watches::look(std::string router) {
    std::unique_ptr<Watch> watch{new Watch{looks_, router}};
    if (++looks_->counts[router] == 1) {
        looks_->fresh.insert(std::move(router));
        wake_.cancel();
    }
    return watch;
}

Task<> Watches::run() {
    auto next_round = now();
    for (;;) {
        if (looks_->fresh.empty()) {
            wake_.expires_at(next_round);
            static_cast<void>(co_await wake_.async_wait(as_value));  // look() ends it early; our own cancellation throws below.
            const auto state = co_await net::this_coro::cancellation_state;
            if (state.cancelled() != net::cancellation_type::none)
                throw boost::system::system_error{net::error::operation_aborted};
        }
        auto due = std::exchange(looks_->fresh, {});
        if (now() >= next_round) {
            next_round = now() + repeated;
            for (const auto& [router, count] : looks_->counts) due.insert(router);
        }
        co_await announce(std::move(due));
    }
}

Task<> Watches::announce(std::set<std::string> routers) {
    if (routers.empty()) co_return;
    std::vector<store::Command> commands;
    std::vector<bus::Message> messages;
    for (const auto& router : routers) {
        commands.push_back({"SET", watch_key(router), "1", "EX", std::to_string(lasts.count())});
        messages.push_back(to_message(Watched{.router = router, .duration = lasts}));
    }
    // Either may be away; the next round is near.
    if (const auto kept = co_await store_.pipeline(std::move(commands)); !kept)
        log::warn("watch.unstored", {{"reason", kept.error().detail}});
    if (const auto sent = co_await publisher_.publish(std::move(messages)); !sent)
        log::warn("watch.unsent", {{"reason", sent.error().detail}});
}

}  // namespace vivi::live
