// The bridge of a simulated router: speaks vivi-sync/1 with the events of a scene instead of a LAN's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "common/model/configuration.hpp"
#include "common/model/custody.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/signal.hpp"
#include "common/sync/router_session.hpp"
#include "tests/sim/crowd.hpp"
#include "tests/sim/pipe.hpp"
#include "tests/sim/scene.hpp"

namespace vivi::sim {

/// How often the scene's traffic becomes an event.
struct Pace {
    Milliseconds tick{10'000};
    Milliseconds watched_tick{250};
    Milliseconds backlog{};            ///< What happened so long before the start is told first.
    std::optional<WallTime> begins{};  ///< Or what happened since then.
    std::uint64_t most_events = std::numeric_limits<std::uint64_t>::max();  ///< Of traffic; then the scene is silent.
    bool asks = false;             ///< Every name that is visited was asked for first, and the router says so.
    bool waits_for_rules = false;  ///< Nothing is told before the first configuration, so that it holds for the history too.
};

/// Keeps its entries in memory until they are acknowledged; one epoch for its life, which ends when it is given back.
class SimulatedBridge {
public:
    SimulatedBridge(net::any_io_executor executor, std::unique_ptr<Scene> scene, Pace pace = {});
    SimulatedBridge(net::any_io_executor executor, const Crowd& crowd, Pace pace = {})
        : SimulatedBridge{std::move(executor), std::make_unique<CrowdScene>(crowd), pace} {}

    /// Makes events until cancelled.
    Task<> produce();
    /// One stream, until it ends; a newer one replaces it.
    Task<> stream(Pipe& pipe);

    /// {"entries","sequence","acknowledged","applied_revision","history"}; the last is how many entries the history had, null
    /// until it is told.
    model::Json health() const;
    bool has_stream() const noexcept { return is_welcome_; }
    std::size_t waiting() const noexcept { return entries_.size(); }
    /// What the devices have received so far, as the traffic events say.
    std::uint64_t bytes_down() const noexcept { return bytes_down_; }
    std::uint64_t acknowledged() const noexcept { return acknowledged_; }
    std::int64_t applied_revision() const noexcept { return applied_revision_; }
    const std::string& boot_id() const noexcept { return instance_; }
    /// Of the configuration in force; empty before there is one.
    const std::string& custody() const noexcept { return custody_; }
    /// Forgets everything of the custody, as bridged does (router/bridged/custody.hpp), and says how much that was. Silent until
    /// the next one's configuration; then who is there begins anew. Of another custody than `wish` names nothing is forgotten.
    model::Receipt give_back(const model::ReturnWish& wish);
    /// Called with the custody of each configuration that comes into force.
    void tell_custody(std::function<void(const std::string&)> told) { told_custody_ = std::move(told); }

private:
    Task<> read(Pipe& pipe, sync::RouterSession& session);
    Task<> write(Pipe& pipe, sync::RouterSession& session);
    void append_batch(const model::TrafficBatch& batch, WallTime at);
    void append(std::string_view topic, model::Json members, WallTime at = wall_now());
    WallTime tell_backlog();
    /// The devices that are there at `at`, as news.
    void tell_present(WallTime at);
    void begin_life();
    /// All of [from, until).
    void tell(WallTime from, WallTime until);
    void hear(const sync::RouterSession::Message& message);
    void apply(const sync::Config& config);
    /// Takes out of the batch what the policy denies to everybody, and tells that as refused.
    void refuse(model::TrafficBatch& batch, WallTime at);
    void drop_front();
    sync::Hello hello() const;
    /// How everything is, for a hub that asked.
    void tell_how_things_are(sync::RouterSession& session) const;

    std::unique_ptr<Scene> scene_;
    Pace pace_;
    Signal watched_, output_, ruled_;
    sync::Epoch epoch_{};
    std::string instance_;
    std::string custody_{};
    std::function<void(const std::string&)> told_custody_{};
    std::uint64_t sequence_ = 0, acknowledged_ = 0, traffic_events_ = 0, bytes_down_ = 0;
    std::deque<sync::Entry> entries_;
    std::size_t offered_ = 0;  // How many of entries_ this session has taken.
    std::int64_t applied_revision_ = 0;
    std::optional<std::uint64_t> history_{};
    std::set<std::string> denied_{};                 // Domains, for everybody and always.
    std::map<std::string, WallTime> let_through_{};  // And until when they are allowed all the same.
    Instant watched_until_{};
    std::uint64_t streams_ = 0;  // The newest is the one that counts.
    bool is_welcome_ = false, is_snapshot_wanted_ = false;
    bool is_blank_ = false;  // Given back; nobody has it yet.
};

/// Accepts streams on the unix socket that a tunnel joins, and makes events, until cancelled.
Task<> serve(SimulatedBridge& bridge, std::string socket);

}  // namespace vivi::sim
