// Loading, changing, and what both need to know.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/enforcer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/lease.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/firewall/changes.hpp"
#include "router/firewall/plan.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

/// Given back when the one who took it is done or cancelled.
class Busy {
public:
    Busy(bool& flag, Wake& idle) : flag_{flag}, idle_{idle} { flag_ = true; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() {
        flag_ = false;
        idle_.notify();
    }

private:
    bool& flag_;
    Wake& idle_;
};

}  // namespace

Enforcer::Enforcer(const net::any_io_executor& executor, firewall::Firewall& firewall, store::Store& state, Forwarding forwarding)
    : firewall_{firewall}, state_{state}, forwarding_{forwarding}, wake_{executor}, idle_{executor} {}

Task<Status> Enforcer::apply(model::Configuration configuration) {
    while (is_busy_) co_await idle_.wait(1s);
    const Busy busy{is_busy_, idle_};
    auto done = co_await enforce(configuration);
    if (!done) co_return done;
    configuration_ = std::move(configuration);
    wake_.notify();  // follow() has another deadline now.
    co_return Status{};
}

Task<Status> Enforcer::enforce(const model::Configuration& configuration) {
    const auto plan = co_await wanted(configuration);
    const auto changes = configuration_ ? firewall::difference(in_force_, plan) : std::nullopt;
    if (changes) {
        auto changed = co_await change(plan, *changes);
        if (changed) co_return changed;
        log::warn("firewall.reload", {{"reason", changed.error().detail}});  // Somebody touched our table: write all of it again.
    }
    co_return co_await load(plan);
}

Task<Status> Enforcer::load(const firewall::Plan& plan) {
    auto call = [this, plan] { return firewall_.load(plan); };
    auto loaded = co_await blocking(worker_, std::move(call));
    if (!loaded) co_return loaded;
    const auto forgets = firewall::to_forget(in_force_, plan);
    in_force_ = plan;
    auto forget = [this, forgets] { return firewall_.forget(forgets); };
    if (const auto forgotten = co_await blocking(worker_, std::move(forget)); !forgotten)
        log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
    if (forwarding_ == Forwarding::Enable) {
        auto enable = [this] { return firewall_.enable_forwarding(); };
        if (const auto enabled = co_await blocking(worker_, std::move(enable)); !enabled)
            log::error("firewall.forwarding", {{"reason", enabled.error().detail}});
    }
    log::info("firewall.loaded", {{"devices", plan.bans.devices.size()}, {"addresses", plan.bans.addresses.size()}});
    co_return Status{};
}

Task<Status> Enforcer::change(const firewall::Plan& plan, const firewall::Changes& changes) {
    const auto forgets = firewall::to_forget(in_force_, plan);
    if (changes.empty() && forgets.empty()) {
        in_force_ = plan;
        co_return Status{};
    }
    // The drop first, the connections after it: in the other order a packet in between makes a new entry.
    auto call = [this, changes, forgets]() -> Status {
        auto changed = firewall_.change(changes);
        if (!changed) return changed;
        if (const auto forgotten = firewall_.forget(forgets); !forgotten)
            log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
        return {};
    };
    auto changed = co_await blocking(worker_, std::move(call));
    if (!changed) co_return changed;
    const auto before = std::exchange(in_force_, plan).bans.devices.size();
    const auto now_banned = plan.bans.devices.size();
    log::info("firewall.changed", {{"banned", now_banned > before ? now_banned - before : 0},
                                   {"unbanned", before > now_banned ? before - now_banned : 0},
                                   {"devices", now_banned},
                                   {"addresses", plan.bans.addresses.size()}});
    co_return Status{};
}

Task<firewall::Plan> Enforcer::wanted(const model::Configuration& configuration) {
    firewall::Facts facts{.leased = co_await leased()};
    auto look = [this] { return firewall_.neighbours(); };
    auto seen = co_await blocking(worker_, std::move(look));
    if (seen)
        facts.seen = *std::move(seen);
    else
        log::warn("firewall.neighbours", {{"reason", seen.error().detail}});
    co_return firewall::plan(configuration, facts, wall_now());
}

Task<std::vector<firewall::Place>> Enforcer::leased() {
    store::Command command{"HVALS", state::key::leases.text()};
    const auto reply = co_await state_.run(std::move(command));
    is_leased_known_ = reply.has_value();
    if (!reply) co_return last_leased_;
    std::vector<firewall::Place> places;
    for (const auto& value : reply->elements) {
        const auto json = model::parse_json(value.text);
        const auto lease = json ? model::parse_lease(*json) : std::unexpected{json.error()};
        if (lease) places.push_back({.address = to_mapped(lease->address), .device = lease->device});
    }
    last_leased_ = places;
    co_return places;
}

Milliseconds Enforcer::until_next_change() const {
    constexpr Milliseconds longest{60'000};  // Also how often the neighbour table is looked at again.
    if (!configuration_) return longest;
    if (!is_leased_known_) return Milliseconds{500};
    const auto at = wall_now();
    const auto next = firewall::next_change(configuration_->policy, at);
    return next ? std::clamp(*next - at, Milliseconds{10}, longest) : longest;
}

Task<> Enforcer::follow() {
    for (;;) {
        co_await wake_.wait(until_next_change());
        if (!configuration_) continue;
        while (is_busy_) co_await idle_.wait(1s);
        const Busy busy{is_busy_, idle_};
        const auto configuration = *configuration_;
        if (const auto done = co_await enforce(configuration); !done) {
            log::error("firewall.failed", {{"reason", done.error().detail}});
            co_await after(1s);
            wake_.notify();
        }
    }
}

}  // namespace vivi::bridged
