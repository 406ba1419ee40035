// Loading, changing, and what both need to know.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/enforcer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/lease.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

/// Whether the same rules stand, whatever the bans.
bool same_rules(const model::Configuration& left, const model::Configuration& right) {
    return left.networks == right.networks && left.uplink == right.uplink;
}

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
    const auto bans = co_await wanted(configuration);
    if (configuration_ && same_rules(*configuration_, configuration)) {
        auto changed = co_await change(bans);
        if (changed) co_return changed;
        log::warn("firewall.reload", {{"reason", changed.error().detail}});  // Somebody touched our table: write all of it again.
    }
    co_return co_await load(configuration, bans);
}

Task<Status> Enforcer::load(const model::Configuration& configuration, const firewall::Bans& bans) {
    auto script = firewall::render(configuration, bans);
    if (!script) co_return std::unexpected{std::move(script).error()};
    auto call = [this, text = *std::move(script), bans] { return firewall_.load(text, bans); };
    auto loaded = co_await blocking(worker_, std::move(call));
    if (!loaded) co_return loaded;
    const auto added = firewall::changes(in_force_, bans).add_addresses;
    in_force_ = bans;
    auto forget = [this, added] { return firewall_.forget(added); };
    if (const auto forgotten = co_await blocking(worker_, std::move(forget)); !forgotten)
        log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
    if (forwarding_ == Forwarding::Enable) {
        auto enable = [this] { return firewall_.enable_forwarding(); };
        if (const auto enabled = co_await blocking(worker_, std::move(enable)); !enabled)
            log::error("firewall.forwarding", {{"reason", enabled.error().detail}});
    }
    log::info("firewall.loaded", {{"devices", bans.devices.size()}, {"addresses", bans.addresses.size()}});
    co_return Status{};
}

Task<Status> Enforcer::change(const firewall::Bans& bans) {
    const auto changes = firewall::changes(in_force_, bans);
    if (changes.empty()) co_return Status{};
    // The drop first, the connections after it: in the other order a packet in between makes a new entry.
    auto call = [this, changes]() -> Status {
        auto changed = firewall_.change(changes);
        if (!changed) return changed;
        if (const auto forgotten = firewall_.forget(changes.add_addresses); !forgotten)
            log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
        return {};
    };
    auto changed = co_await blocking(worker_, std::move(call));
    if (!changed) co_return changed;
    in_force_ = bans;
    log::info("firewall.changed", {{"banned", changes.add_devices.size()},
                                   {"unbanned", changes.remove_devices.size()},
                                   {"devices", bans.devices.size()},
                                   {"addresses", bans.addresses.size()}});
    co_return Status{};
}

Task<firewall::Bans> Enforcer::wanted(const model::Configuration& configuration) {
    const auto at = wall_now();
    is_leased_known_ = true;  // Until it is asked: nobody banned needs no leases.
    if (firewall::banned_devices(configuration.policy, at).empty()) co_return firewall::Bans{};
    const auto leases = co_await leased();
    auto look = [this] { return firewall_.neighbours(); };
    auto seen = co_await blocking(worker_, std::move(look));
    if (!seen) log::warn("firewall.neighbours", {{"reason", seen.error().detail}});
    const auto places = seen ? *std::move(seen) : std::vector<firewall::Place>{};
    co_return firewall::bans(configuration, leases, places, at);
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
        if (lease) places.push_back({.address = lease->address, .device = lease->device});
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
