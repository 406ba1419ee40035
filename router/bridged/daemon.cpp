// bridged put together: its parts, how they are connected, and what its health document says.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/daemon.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/core/url.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis.hpp"
#include "router/bridged/decisions.hpp"
#include "router/bridged/dhcpd_events.hpp"
#include "router/bridged/enforcer.hpp"
#include "router/bridged/intake.hpp"
#include "router/bridged/outbox.hpp"
#include "router/bridged/own_events.hpp"
#include "router/bridged/sync_listener.hpp"
#include "router/firewall/kernel.hpp"
#include "router/firewall/memory.hpp"
#include "router/state/events_bus.hpp"

namespace vivi::bridged {
namespace {

/// One kernel boot from the next (proc(5)). Where there is none, each start counts as one: more epochs, nothing lost.
std::string read_boot_id() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id.empty() ? crypto::random_id() : id;
}

std::unique_ptr<firewall::Firewall> make_firewall(const Settings& settings) {
    if (settings.flag("firewall.enable")) return std::make_unique<firewall::Kernel>();
    log::warn("firewall.disabled");
    return std::make_unique<firewall::Memory>();
}

/// Every part, in the order they depend on each other.
class Bridge {
public:
    Bridge(const net::any_io_executor& executor, const Settings& settings)
        : settings_{settings},
          executor_{executor},
          boot_id_{read_boot_id()},
          state_{executor, {.url = settings.text("state.url")}},
          stream_{executor, {.url = settings.text("stream.url")}},
          firewall_{make_firewall(settings)},
          own_{executor, crypto::random_id()},
          outbox_{executor, stream_, boot_id_, static_cast<std::uint64_t>(settings.number("outbox.most_bytes"))},
          enforcer_{executor, *firewall_, state_,
                    settings.flag("forwarding.enable") ? Enforcer::Forwarding::Enable : Enforcer::Forwarding::LeaveAlone} {}

    Task<> run();

private:
    Task<> restore();
    Task<> measure();
    LinkHandlers handlers();
    nlohmann::json health() const;

    const Settings& settings_;
    net::any_io_executor executor_;
    std::string boot_id_;
    store::Redis state_, stream_;
    std::unique_ptr<firewall::Firewall> firewall_;
    OwnEvents own_;
    Outbox outbox_;
    Enforcer enforcer_;
    // From here on made in run(): first the listener, which ends a second instance before it does anything; the bus last, because
    // it begins to deliver at once.
    std::optional<SyncListener> listener_;
    std::optional<bus::RabbitmqPublisher> publisher_;
    std::optional<bus::RabbitmqSubscriber> subscriber_;
    std::optional<Decisions> decisions_;
    std::optional<Intake> intake_;
    std::optional<DhcpdEvents> dhcpd_;
};

Task<> Bridge::run() {
    listener_.emplace(executor_, settings_.text("sync.socket"), outbox_, boot_id_, handlers());
    const auto broker = state::events_bus(settings_.text("bus.url"));
    publisher_.emplace(executor_, broker);
    const Decisions::Ports ports{.enforcer = enforcer_, .state = state_, .bus = *publisher_, .own = own_};
    decisions_.emplace(executor_, ports, settings_.text("last_good.file"), settings_.list("config.reporters"));
    co_await decisions_->boot();

    dhcpd_.emplace(executor_, state_, outbox_, [this] { enforcer_.wake().notify(); });
    const auto reported = [this](const bus::Message& report) { return decisions_->reported(report); };
    intake_.emplace(executor_, outbox_, own_, dhcpd_->wake(), reported);
    subscriber_.emplace(executor_, broker, state::bridged_queue());
    notify_ready();
    co_await together(listener_->run(), decisions_->run(), enforcer_.follow(), intake_->hear(*subscriber_),
                      intake_->flush_own_events(), intake_->report_gaps(), dhcpd_->follow(*intake_), dhcpd_->trim(), restore(),
                      measure(), serve_health(settings_.text("health.socket"), [this] { return health(); }));
}

LinkHandlers Bridge::handlers() {
    return {.config = [this](sync::Config config) { decisions_->decide(std::move(config)); },
            .watch = [this](sync::Watch watch) { decisions_->watch(watch); },
            .durable =
                [this](std::uint64_t sequence) {
                    dhcpd_->acknowledged(sequence);
                    if (intake_->is_stopped()) intake_->wake();
                },
            .custody = [this] { return decisions_->custody(); },
            .applied_revision = [this] { return decisions_->applied_revision(); }};
}

/// What the process before this one knew about the other daemons' reports.
Task<> Bridge::restore() {
    while (!co_await outbox_.open()) co_await after(500ms);
    decisions_->restore(outbox_.field("reports"), outbox_.field("applied_revision"));
    for (;;) co_await after(3'600s);
}

Task<> Bridge::measure() {
    for (;;) {
        co_await outbox_.measure();
        co_await after(1s);
    }
}

nlohmann::json Bridge::health() const {
    const auto& bans = enforcer_.in_force();
    const auto* link = listener_->link();
    const auto& last_ack = listener_->last_ack();
    return {{"process", "bridged"},
            {"applied_revision", decisions_->applied_revision()},
            {"revision", decisions_->revision()},
            {"waiting_for", decisions_->missing()},
            {"unenforced", decisions_->unenforced()},
            {"outbox",
             {{"entries", outbox_.entries()},
              {"bytes", outbox_.bytes()},
              {"epoch", to_string(outbox_.epoch())},
              {"sequence", outbox_.sequence()},
              {"full", outbox_.is_full()},
              {"bus_stopped", intake_->is_stopped()}}},
            {"sync",
             {{"state", link == nullptr ? std::string_view{"none"} : link->state()},
              {"streams", listener_->streams()},
              {"unacknowledged", link == nullptr ? 0 : link->unacknowledged_entries()},
              {"last_ack", last_ack ? last_ack->sequence : 0}}},
            {"connections",
             {{"state", state_.connected()},
              {"stream", stream_.connected()},
              {"bus_in", subscriber_->connected()},
              {"bus_out", publisher_->connected()}}},
            {"dropped",
             {{"malformed", intake_->refused().malformed}, {"oversized", intake_->refused().oversized}, {"own", own_.dropped()}}},
            {"gaps", intake_->gaps()},
            {"bans", {{"devices", bans.devices.size()}, {"addresses", bans.addresses.size()}}},
            {"firewall", enforcer_.is_loaded()}};
}

Status check_url(const Settings& settings, const std::string& key, const std::vector<std::string>& schemes) {
    const auto url = parse_url(settings.text(key));
    if (!url) return failed(Code::Invalid, key + ": " + url.error().detail);
    if (std::ranges::find(schemes, url->scheme) != schemes.end()) return {};
    return failed(Code::Invalid, key + ": must begin with " + schemes.front() + "://");
}

Status check(const Settings& settings) {
    for (const auto* key : {"state.url", "stream.url"}) {
        if (auto checked = check_url(settings, key, {"redis", "unix"}); !checked) return checked;
    }
    if (auto checked = check_url(settings, "bus.url", {"amqp"}); !checked) return checked;
    constexpr std::int64_t least_bytes = 1 << 20;
    if (settings.number("outbox.most_bytes") < least_bytes)
        return failed(Code::Invalid, "outbox.most_bytes: must be at least 1048576");
    if (settings.text("sync.socket").empty()) return failed(Code::Invalid, "sync.socket: must not be empty");
    return {};
}

Task<> run(const Settings& settings) {
    Bridge bridge{co_await net::this_coro::executor, settings};
    co_await bridge.run();
}

}  // namespace

Program program() {
    return {
        .name = "bridged",
        .purpose =
            "The bridge between router and server: keeps events until the server has them, applies what the server decides.",
        .settings =
            {{"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "Where the router's RabbitMQ is."},
             {"state.url", std::string{"redis://127.0.0.1:6379/0"}, "The Redis of leases and configuration."},
             {"stream.url", std::string{"redis://127.0.0.1:6380/0"}, "The Redis of the outbox."},
             {"last_good.file", std::string{"/var/lib/vivi/last-good.json"}, "The configuration document for the next boot."},
             {"sync.socket", std::string{"/run/vivi/sync.sock"}, "The unix socket the tunnel brings the hub's streams to."},
             {"health.socket", std::string{"/run/vivi/bridged.health"}, "The unix socket of the health document; empty: none."},
             {"outbox.most_bytes", std::int64_t{64 << 20},
              "The outbox's bound in bytes of Redis memory; beyond it the bus is not acknowledged."},
             {"config.reporters", std::vector<std::string>{"dhcpd", "pcapd"},
              "The daemons whose config.applied makes a revision 'in force'."},
             {"firewall.enable", true, "False: decisions are taken but the packet filter of this machine is left alone."},
             {"forwarding.enable", true, "Set net.ipv4.ip_forward to 1 once a ruleset is loaded."}},
        .check = check,
        .run = run};
}

}  // namespace vivi::bridged
