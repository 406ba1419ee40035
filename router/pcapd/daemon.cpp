// The parts of pcapd, connected: capture thread -> ticks -> reporter -> broker; configuration and watch the other way.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/daemon.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/channel.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis.hpp"
#include "router/pcapd/capture.hpp"
#include "router/pcapd/counter.hpp"
#include "router/pcapd/denial_reporter.hpp"
#include "router/pcapd/policy_watch.hpp"
#include "router/pcapd/reporter.hpp"
#include "router/pcapd/watcher.hpp"
#include "router/state/custody_lock.hpp"
#include "router/state/events_bus.hpp"
#include "router/state/live_configuration.hpp"

namespace vivi::pcapd {
namespace {

constexpr std::size_t most_ticks_waiting = 64;    ///< Between thread and loop; at the bound the thread merges.
constexpr std::size_t most_alarms_waiting = 256;  ///< At the bound they are forgotten and come again.
constexpr Milliseconds longest_farewell{2'000};   ///< For the last tick to be confirmed.

CaptureOptions capture_options(const Settings& settings) {
    return {.ring_mib = static_cast<int>(settings.number("capture.ring_mib")),
            .snaplen_bytes = static_cast<int>(settings.number("capture.snaplen_bytes"))};
}

Status check(const Settings& settings) {
    const auto ring = settings.number("capture.ring_mib");
    const auto snaplen = settings.number("capture.snaplen_bytes");
    if (ring < 1 || ring > 1'024) return failed(Code::Invalid, "capture.ring_mib: must be in 1..1024");
    if (snaplen < 128 || snaplen > 262'144) return failed(Code::Invalid, "capture.snaplen_bytes: must be in 128..262144");
    if (settings.text("policy.folder").empty()) return failed(Code::Invalid, "policy.folder: must not be empty");
    return {};
}

/// What cannot get better by waiting ends the process now.
void check_system(const std::string& interface) {
    if (const auto allowed = may_capture(); !allowed) throw Fatal{allowed.error()};
    const auto names = interface_names();
    if (interface.empty() || std::ranges::find(names, interface) != names.end()) return;
    std::string existing;
    for (const auto& name : names) existing.append(existing.empty() ? "" : ", ").append(name);
    throw Fatal{Error{Code::NotFound, "capture.interface: " + interface + " does not exist; there are: " + existing},
                Exit::Configuration};
}

class Daemon {
public:
    Daemon(const net::any_io_executor& executor, const Settings& settings)
        : health_socket_{settings.text("health.socket")},
          state_{executor, {settings.text("state.url")}},
          publisher_{executor, state::events_bus(settings.text("bus.url"))},
          subscriber_{executor,
                      state::events_bus(settings.text("bus.url")),
                      {.name = "",
                       .bindings = {std::string{model::topic::config_changed}, std::string{model::topic::policy_changed},
                                    std::string{model::topic::watch_changed}}}},
          live_{executor, settings.text("last_good.file"), state_, settings.text("local.file")},
          reporter_{executor, publisher_, crypto::random_id()},
          denials_{executor, publisher_, crypto::random_id()},
          ticks_{executor, most_ticks_waiting},
          alarms_{executor, most_alarms_waiting},
          counter_{capture_options(settings),
                   model::Monitoring{}.tick,
                   {.tick = [this](const Tick& tick) { return ticks_.push(tick); },
                    .alarm = [this](const Alarm& alarm) { return alarms_.push(alarm); }}},
          policy_{executor, {settings.text("policy.folder")}, [this](const PolicyState& state) { counter_.decide_by(state); }},
          watcher_{executor, counter_, live_, policy_, settings.text("capture.interface")} {}

    Task<> run() {
        co_await together(take_ticks(), take_alarms(), reporter_.publish(), denials_.publish(), policy_.follow(),
                          watcher_.follow_configuration(), watcher_.hear(subscriber_), watcher_.look(state_),
                          watcher_.keep_period(), live_.follow(), serve_health(health_socket_, [this] { return health(); }));
    }

    /// The last tick, confirmed if the broker is there.
    Task<> say_farewell() {
        using namespace net::experimental::awaitable_operators;
        counter_.stop();
        co_await (finish() || after(longest_farewell));
    }

private:
    Task<> take_ticks() {
        for (;;) reporter_.accept(co_await ticks_.take(), wall_now());
    }

    Task<> take_alarms() {
        for (;;) {
            const auto alarm = co_await alarms_.take();
            if (const auto* const flow = std::get_if<model::FlowDenied>(&alarm))
                denials_.accept(*flow, wall_now());
            else
                reporter_.accept(std::get<model::ForeignRa>(alarm), wall_now());
        }
    }

    Task<> finish() {
        for (bool is_last = false; !is_last;) {
            auto tick = co_await ticks_.take();
            is_last = tick.is_last;
            reporter_.accept(std::move(tick), wall_now());
        }
        reporter_.end(wall_now());
        co_await reporter_.flush();
    }

    model::Json health() const {
        auto document = reporter_.health();
        document["daemon"] = "pcapd";
        document["version"] = VIVI_VERSION;
        document["denials"] = {{"said", denials_.accepted()}, {"confirmed", denials_.confirmed()}};
        document["watched"] = watcher_.is_watched();
        document["bus"] = publisher_.connected() ? "connected" : "away";
        document["state"] = state_.connected() ? "connected" : "away";
        return document;
    }

    std::string health_socket_;
    store::Redis state_;
    bus::RabbitmqPublisher publisher_;
    bus::RabbitmqSubscriber subscriber_;
    state::LiveConfiguration live_;
    Reporter reporter_;
    DenialReporter denials_;
    Channel<Tick> ticks_;
    Channel<Alarm> alarms_;
    Counter counter_;  // After what its thread uses.
    PolicyWatch policy_;
    Watcher watcher_;
};

Task<> run(const Settings& settings) {
    check_system(settings.text("capture.interface"));
    const auto executor = co_await net::this_coro::executor;
    const auto lock = co_await state::CustodyLock::take(settings.text("return.file"), state::CustodyLock::Kind::Working);
    Daemon daemon{executor, settings};
    notify_ready();
    co_await state::work_until_asked_to_stop(daemon.run(), settings.text("return.file"));
    co_await daemon.say_farewell();
}

}  // namespace

Program program() {
    return {
        .name = "pcapd",
        .purpose = "Watches the LAN and says who talks to whom: bytes per device, remote name and direction; and what is denied.",
        .settings = {{"capture.interface", std::string{},
                      "The interface to watch; empty: those of the configuration's networks."},
                     {"capture.ring_mib", std::int64_t{32}, "Memory of the kernel's packet ring, MiB for each interface."},
                     {"capture.snaplen_bytes", std::int64_t{4096}, "How much of each packet is looked at, bytes."},
                     {"return.file", std::string{"/var/lib/vivi/return.json"},
                      "While it is there the router is being wiped, and this waits; empty: nobody returns it."},
                     {"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "The router's RabbitMQ."},
                     {"state.url", std::string{"redis://127.0.0.1:6379/0"}, "The router's Redis, instance state."},
                     {"last_good.file", std::string{"/var/lib/vivi/last-good.json"},
                      "The configuration document read before Redis is there; empty: none."},
                     {"local.file", std::string{"/var/lib/vivi/local.json"},
                      "What was decided at the router: the interfaces of uplink and LAN; empty: nothing ever is."},
                     {"policy.folder", std::string{"/var/lib/vivi/policy"}, "Where bridged writes the compiled policy."},
                     {"health.socket", std::string{"/run/vivi/pcapd.health"},
                      "Where the health document is served; empty: nowhere."}},
        .check = check,
        .run = run};
}

}  // namespace vivi::pcapd
