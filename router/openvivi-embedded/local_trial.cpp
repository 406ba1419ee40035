// Trials of what was set at the router: proved by a hub or by a person, taken back once.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/openvivi-embedded/local_known.hpp"
#include "router/openvivi-embedded/local_site.hpp"
#include "router/openvivi-embedded/uplink_probe.hpp"

namespace vivi::openvivi_embedded {
namespace {

std::string joined(const model::LanPorts& ports) {
    std::string all;
    for (const auto& port : ports) all.append(all.empty() ? "LAN " : " + ").append(port);
    return all;
}

/// What is on trial, for people: "uplink0, LAN eth1 + eth2".
std::string tried_of(const model::LocalChanges& changes) {
    auto all = changes.uplink ? model::device_name(*changes.uplink) : std::string{};
    if (changes.trial && changes.trial->wants_person && changes.lan) all += (all.empty() ? "" : ", ") + joined(*changes.lan);
    return all;
}

}  // namespace

/// What was on trial is not proved either: the way back stays the same. Without a hub nothing worked that an uplink could break.
void LocalSite::want_proof(model::LocalChanges& changes, bool of_uplink, bool of_lan) {
    const bool arms_uplink = of_uplink && (tunnel_().is_connected || (changes.trial && changes.trial->wants_hub));
    if (!changes.trial && (arms_uplink || of_lan))
        changes.trial = model::LocalTrial{.before = changes.uplink, .lan_before = changes.lan, .wants_hub = false};
    if (arms_uplink) {
        changes.trial->wants_hub = true;
        trial_.emplace(places_.confirm, now());
    }
    if (!of_lan) return;
    changes.trial->wants_person = true;
    keep_until_ = now() + places_.confirm;
    keep_from_ = now() + UplinkTrial::settling;
}

/// Somebody has found the page again by the LAN that was set.
Task<LocalSite::Done> LocalSite::keep_lan() {
    if (!keep_until_) co_return failed(Code::NotFound, "nothing is on trial");
    if (now() < keep_from_)
        co_return failed(Code::Conflict, "in five seconds, when it is in force: does the page still answer then?");
    keep_until_.reset();
    auto changes = (co_await look_at_files()).changes;
    if (!changes.trial) co_return std::string{};
    log::info("local.lan_kept", {{"ports", changes.lan ? joined(*changes.lan) : std::string{}}});
    changes.trial->wants_person = false;
    if (!changes.trial->wants_hub) changes.trial.reset();
    co_return co_await save(std::move(changes));
}

/// The hub has been reached by the uplink that was set; the LAN may still be on trial.
Task<> LocalSite::keep_uplink() {
    trial_.reset();
    auto changes = (co_await look_at_files()).changes;
    if (!changes.trial) co_return;
    log::info("local.uplink_kept", {{"interface", changes.uplink ? model::device_name(*changes.uplink) : std::string{}}});
    changes.trial->wants_hub = false;
    if (!changes.trial->wants_person) changes.trial.reset();
    if (const auto saved = co_await save(std::move(changes)); !saved)
        log::error("local.not_saved", {{"reason", saved.error().detail}});
}

/// openvivi-embedded has started within a trial: the connection it dials now is a new one.
Task<> LocalSite::begin_trial() {
    auto changes = (co_await look_at_files()).changes;
    if (!changes.trial) co_return;
    if (++changes.trial->starts > UplinkTrial::most_starts) co_return co_await take_back();
    if (changes.trial->wants_hub) trial_.emplace(places_.confirm, now());
    if (changes.trial->wants_person) {
        keep_until_ = now() + places_.confirm;
        keep_from_ = now() + UplinkTrial::settling;
    }
    if (const auto saved = co_await save(std::move(changes)); !saved)
        log::error("local.not_saved", {{"reason", saved.error().detail}});
}

/// Both: with one of them alone they might overlap.
Task<> LocalSite::take_back() {
    trial_.reset();
    keep_until_.reset();
    auto changes = (co_await look_at_files()).changes;
    if (!changes.trial) co_return;
    const auto tried = tried_of(changes);
    log::warn("local.uplink_taken_back", {{"interface", tried}});
    changes.uplink = std::exchange(changes.trial->before, std::nullopt);
    changes.lan = std::exchange(changes.trial->lan_before, std::nullopt);
    changes.taken_back = tried;
    changes.trial.reset();
    if (const auto saved = co_await save(std::move(changes)); !saved)
        log::error("local.not_saved", {{"reason", saved.error().detail}});
}

Task<bool> LocalSite::has_internet() {
    const auto url = parse_url(places_.probe);
    if (!url) co_return false;
    co_return (co_await probe_uplink(*url)).has_value();
}

Task<> LocalSite::watch_trial() {
    co_await begin_trial();
    for (;;) {
        co_await after(Milliseconds{500});
        if (keep_until_ && now() >= *keep_until_) co_await take_back();
        if (!trial_) continue;
        const auto tunnel = tunnel_();
        switch (trial_->look(tunnel.is_connected, tunnel.connections, now())) {
            case UplinkTrial::Turn::Wait: break;
            case UplinkTrial::Turn::Dial: (void)co_await dial_anew(); break;
            case UplinkTrial::Turn::Keep: co_await keep_uplink(); break;
            case UplinkTrial::Turn::Look:
                if (co_await has_internet())
                    co_await keep_uplink();
                else
                    co_await take_back();
                break;
        }
    }
}

}  // namespace vivi::openvivi_embedded
