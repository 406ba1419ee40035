// bridged put together: its parts, how they are connected, and what its health document says.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/daemon.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/core/url.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis.hpp"
#include "router/bridged/blobs.hpp"
#include "router/bridged/confirmer.hpp"
#include "router/bridged/custody.hpp"
#include "router/bridged/daemon_settings.hpp"
#include "router/bridged/decisions.hpp"
#include "router/bridged/dhcpd_events.hpp"
#include "router/bridged/dns_prober.hpp"
#include "router/bridged/enforcer.hpp"
#include "router/bridged/firewall_watch.hpp"
#include "router/bridged/flow_cutter.hpp"
#include "router/bridged/intake.hpp"
#include "router/bridged/local_file.hpp"
#include "router/bridged/network_keeper.hpp"
#include "router/bridged/outbox.hpp"
#include "router/bridged/outbox_keeper.hpp"
#include "router/bridged/own_events.hpp"
#include "router/bridged/reachability.hpp"
#include "router/bridged/snapshot.hpp"
#include "router/bridged/sync_listener.hpp"
#include "router/firewall/kernel.hpp"
#include "router/firewall/memory.hpp"
#include "router/state/custody_lock.hpp"
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

Enforcer::Options enforcer_options(const Settings& settings) {
    const auto folder = settings.text("policy.folder");
    const bool enforces = settings.flag("firewall.enable");
    return {.forwarding =
                enforces && settings.flag("forwarding.enable") ? Enforcer::Forwarding::Enable : Enforcer::Forwarding::LeaveAlone,
            .images = {.folder = {folder}, .shipped = settings.text("policy.lists")},
            .trust = *parse_clock_trust(settings.text("clock.trust")),
            .zones = settings.text("clock.zones"),
            .ruleset_file = settings.text("ruleset.file"),
            .time_file = folder + "/clock"};
}

bool has_dnsd(const Settings& settings) {
    const auto& reporters = settings.list("config.reporters");
    return std::ranges::find(reporters, "dnsd") != reporters.end();
}

std::unique_ptr<firewall::Firewall> make_firewall(const Settings& settings) {
    if (settings.flag("firewall.enable")) return std::make_unique<firewall::Kernel>();
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
          cutter_firewall_{make_firewall(settings)},
          own_{executor, crypto::random_id()},
          outbox_{executor,
                  {.stream = stream_, .state = state_},
                  boot_id_,
                  static_cast<std::uint64_t>(settings.number("outbox.most_bytes"))},
          alarms_{own_},
          local_{settings.text("local.file"), time_},
          enforcer_{executor,
                    {.firewall = *firewall_, .cutter = *cutter_firewall_, .state = state_, .time = time_},
                    enforcer_options(settings)},
          network_{executor, links_, settings.flag("network.manage") ? NetworkKeeper::Manage::Yes : NetworkKeeper::Manage::No},
          cutter_{enforcer_},
          keeper_{outbox_, own_, time_, {.most_age = Seconds{settings.number("outbox.most_hours") * 3'600}}} {}

    Task<> run();

private:
    Task<> restore();
    Task<> measure();
    Task<> watch_dns();
    Task<> follow_local();
    void dns_changed(DnsWatch::State state);
    LinkHandlers handlers();
    std::vector<std::string> named_texts() const;
    void make_confirmer();
    nlohmann::json firewall_health() const;
    nlohmann::json policy_health() const;
    std::string dns_health() const;
    nlohmann::json health() const;

    const Settings& settings_;
    net::any_io_executor executor_;
    std::string boot_id_;
    store::Redis state_, stream_;
    std::unique_ptr<firewall::Firewall> firewall_, cutter_firewall_;
    OwnEvents own_;
    Outbox outbox_;
    Alarms alarms_;
    SystemTime time_{};
    LocalFile local_;
    firewall::KernelLinks links_{};
    Enforcer enforcer_;
    NetworkKeeper network_;
    FlowCutter cutter_;
    OutboxKeeper keeper_;
    // From here on made in run(): first the listener, which ends a second instance before it does anything; the bus last, because
    // it begins to deliver at once.
    std::optional<SyncListener> listener_;
    std::optional<bus::RabbitmqPublisher> publisher_;
    std::optional<bus::RabbitmqSubscriber> subscriber_;
    std::optional<bus::RabbitmqSubscriber> flows_denied_;
    std::optional<Confirmer> confirmer_;
    std::optional<Decisions> decisions_;
    std::optional<FirewallWatch> firewall_watch_;
    std::optional<DnsProber> dns_prober_;
    std::optional<Blobs> blobs_;
    std::optional<Intake> intake_;
    std::optional<DhcpdEvents> dhcpd_;
};

Task<> Bridge::run() {
    blobs_.emplace(executor_, settings_.text("policy.folder") + "/lists",
                   Blobs::Ports{.named = [this] { return named_texts(); },
                                .wanting = [this] { outbox_.grew().notify(); },
                                .arrived = [this] { enforcer_.list_came(); }});
    if (!settings_.flag("firewall.enable")) log::warn("firewall.disabled");
    listener_.emplace(executor_, settings_.text("sync.socket"), outbox_, boot_id_, handlers());
    const auto broker = state::events_bus(settings_.text("bus.url"));
    publisher_.emplace(executor_, broker);
    make_confirmer();
    const Decisions::Ports ports{.enforcer = enforcer_,
                                 .network = network_,
                                 .alarms = alarms_,
                                 .state = state_,
                                 .bus = *publisher_,
                                 .own = own_,
                                 .local = local_,
                                 .confirmer = *confirmer_};
    decisions_.emplace(executor_, ports, settings_.text("last_good.file"), settings_.list("config.reporters"));
    enforcer_.on_moment([this] { decisions_->moment_changed(); });
    enforcer_.on_kernel([this](const Status& outcome) {
        outcome ? alarms_.accepted(Alarms::Of::Moment) : alarms_.refused(Alarms::Of::Moment, outcome.error().detail);
    });
    co_await decisions_->boot();
    firewall_watch_.emplace(enforcer_, alarms_, own_, [this] { return decisions_->is_watched(); });

    dhcpd_.emplace(executor_, state_, outbox_, [this] { enforcer_.wake().notify(); });
    const auto reported = [this](const bus::Message& report) { return decisions_->reported(report); };
    intake_.emplace(executor_, outbox_, own_, dhcpd_->wake(), reported);
    subscriber_.emplace(executor_, broker, state::bridged_queue());
    flows_denied_.emplace(executor_, broker, state::flows_denied_queue());
    notify_ready();
    co_await together(listener_->run(), decisions_->run(), enforcer_.follow(), blobs_->run(), intake_->hear(*subscriber_),
                      intake_->flush_own_events(), intake_->report_gaps(), dhcpd_->follow(*intake_), dhcpd_->trim(), restore(),
                      firewall_watch_->verify(), firewall_watch_->count(), network_.follow(), cutter_.hear(*flows_denied_),
                      watch_dns(), follow_local(), measure(), keeper_.run([this] { intake_->wake(); }),
                      serve_health(settings_.text("health.socket"), [this] { return health(); }));
}

/// Leases first: guests wait for their addresses.
std::vector<std::string> Bridge::named_texts() const {
    auto named = enforcer_.lists();
    if (decisions_ && !decisions_->carried_leases().empty()) named.insert(named.begin(), decisions_->carried_leases());
    return named;
}

void Bridge::make_confirmer() {
    const auto connection = [this] { return listener_->link() == nullptr ? 0 : listener_->link()->connection(); };
    const auto look = [this](model::Configuration configuration) {
        return look_around(std::move(configuration), settings_.text("dns.probe"));
    };
    confirmer_.emplace(Confirmer::Ports{.own = own_,
                                        .connection = connection,
                                        .dial = [this] { return ask_for_another_connection(settings_.text("dial.socket")); },
                                        .look_around = look},
                       settings_.text("trial.file"));
}

LinkHandlers Bridge::handlers() {
    return {.config = [this](sync::Config config) { decisions_->decide(std::move(config)); },
            .watch = [this](sync::Watch watch) { decisions_->watch(watch); },
            .welcomed =
                [this](std::int64_t connection) {
                    blobs_->stream_began();
                    decisions_->welcomed(connection);
                },
            .snapshot = [this] { return read_snapshot(state_); },
            .blob = [this](sync::Blob blob) { blobs_->take(std::move(blob)); },
            .want = [this] { return blobs_->take_want(); },
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

/// What somebody decides at the router itself holds within a second (ADR 0015).
Task<> Bridge::follow_local() {
    for (;;) {
        if (co_await local_.look()) decisions_->local_changed();
        co_await after(1s);
    }
}

/// Only where there is a dnsd to watch: elsewhere unbound answers anyway.
Task<> Bridge::watch_dns() {
    const auto at = parse_endpoint(settings_.text("dns.probe"));
    if (!has_dnsd(settings_) || !at) {
        for (;;) co_await after(3'600s);
    }
    dns_prober_.emplace(*at, [this](DnsWatch::State state) { dns_changed(state); });
    co_await dns_prober_->run();
}

void Bridge::dns_changed(DnsWatch::State state) {
    const bool is_gone = state == DnsWatch::State::Gone;
    enforcer_.set_dns(is_gone ? firewall::DnsState::Fallback : firewall::DnsState::Normal);
    if (!is_gone) {
        if (!alarms_.dns().state.empty()) log::info("dns.back");
        return alarms_.dns("ok", "");
    }
    log::error("dns.gone", {{"probe", settings_.text("dns.probe")}});
    const auto is_open = [](const auto& mode) { return mode.second == model::Mode::BlockListed; };
    const bool falls_back = !enforcer_.is_loaded() || std::ranges::any_of(enforcer_.plan().modes, is_open);
    alarms_.dns(falls_back ? "fallback" : "closed", "dnsd did not answer for 2 s");
}

/// What the packet filter does at this moment.
nlohmann::json Bridge::firewall_health() const {
    nlohmann::json document{
        {"loaded", enforcer_.is_loaded()},
        {"state", alarms_.firewall().state},
        {"detail", alarms_.firewall().detail},
        {"repairs", firewall_watch_->repairs()},
        {"cuts",
         {{"cut", cutter_.counters().cut}, {"failed", cutter_.counters().failed}, {"malformed", cutter_.counters().malformed}}}};
    if (!enforcer_.is_loaded()) return document;
    const auto& plan = enforcer_.plan();
    document["topology"] = plan.topology == model::Topology::OneArmed ? "one-armed, advisory"
                           : plan.topology == model::Topology::Inline ? "inline"
                                                                      : "router on a stick";
    document["views"] = plan.views.size();
    document["address_rules"] = plan.rules.size();
    return document;
}

/// Until it has answered once, dnsd is no more well than gone.
std::string Bridge::dns_health() const {
    if (!alarms_.dns().state.empty()) return alarms_.dns().state;
    return has_dnsd(settings_) ? "waiting" : "ok";
}

nlohmann::json Bridge::policy_health() const {
    if (!enforcer_.is_loaded()) return nullptr;
    const auto& moment = enforcer_.moment();
    nlohmann::json document{{"clock_trusted", moment.clock.is_trusted}, {"evaluated_at", to_unix_ms(moment.clock.now)}};
    document["next_change_at"] = moment.until ? nlohmann::json(to_unix_ms(*moment.until)) : nlohmann::json();
    return document;
}

nlohmann::json Bridge::health() const {
    const auto bans = enforcer_.is_loaded() ? enforcer_.plan().bans : firewall::Bans{};
    const auto* link = listener_->link();
    const auto& last_ack = listener_->last_ack();
    return {{"process", "bridged"},
            {"applied_revision", decisions_->applied_revision()},
            {"revision", decisions_->revision()},
            {"waiting_for", decisions_->missing()},
            {"unenforced", decisions_->unenforced()},
            {"trial", {{"pending", confirmer_->is_pending()}, {"revision", confirmer_->trial().revision()}}},
            {"outbox",
             {{"entries", outbox_.entries()},
              {"bytes", outbox_.bytes()},
              {"epoch", to_string(outbox_.epoch())},
              {"sequence", outbox_.sequence()},
              {"full", outbox_.is_full()},
              {"bus_stopped", intake_->is_stopped()},
              {"offered", outbox_.offered()},
              {"merged", keeper_.merged()},
              {"dropped", keeper_.dropped()}}},
            {"sync",
             {{"state", link == nullptr ? std::string_view{"none"} : link->state()},
              {"streams", listener_->streams()},
              {"unacknowledged", link == nullptr ? 0 : link->unacknowledged_entries()},
              {"last_ack", last_ack ? last_ack->sequence : 0}}},
            {"connections",
             {{"state", state_.connected()},
              {"stream", stream_.connected()},
              {"bus_in", subscriber_->connected()},
              {"flows_in", flows_denied_->connected()},
              {"bus_out", publisher_->connected()}}},
            {"dropped",
             {{"malformed", intake_->refused().malformed}, {"oversized", intake_->refused().oversized}, {"own", own_.dropped()}}},
            {"gaps", intake_->gaps()},
            {"bans", {{"devices", bans.devices.size()}, {"addresses", bans.addresses.size()}}},
            {"firewall", firewall_health()},
            {"policy", policy_health()},
            {"dns", dns_health()}};
}

/// What an earlier customer left is gone before anything of it is read.
Task<> settle_custody(const Settings& settings) {
    const auto executor = co_await net::this_coro::executor;
    store::Redis state{executor, {.url = settings.text("state.url")}}, stream{executor, {.url = settings.text("stream.url")}};
    bus::RabbitmqSubscriber queue{executor, state::events_bus(settings.text("bus.url")), state::bridged_queue()};
    const auto beside_wish = std::filesystem::path{settings.text("return.file")}.parent_path();  // docs/protocol.md section 9.
    Custody custody{{.wish = settings.text("return.file"),
                     .receipt = settings.text("receipt.file"),
                     .last_good = settings.text("last_good.file"),
                     .files = {settings.text("trial.file"), settings.text("ruleset.file"), beside_wish / "local.json"},
                     .folder = settings.text("policy.folder")},
                    {.state = state, .stream = stream, .queue = queue, .has_broker = [&queue] { return queue.connected(); }}};
    co_await custody.settle();
}

/// A return ends the process; what follows it begins with the wiping.
Task<> run(const Settings& settings) {
    const auto& wish = settings.text("return.file");
    if (!wish.empty() && std::filesystem::exists(wish)) co_await settle_custody(settings);
    const auto lock = co_await state::CustodyLock::take(wish, state::CustodyLock::Kind::Working);
    Bridge bridge{co_await net::this_coro::executor, settings};
    if (wish.empty()) co_return co_await bridge.run();
    co_await together(bridge.run(), state::until_returned(wish));
}

}  // namespace

Program program() {
    return {.name = "bridged",
            .purpose =
                "The bridge between router and server: keeps events until the server has them, applies what the server decides.",
            .settings = settings_table(),
            .check = check_settings,
            .run = run};
}

}  // namespace vivi::bridged
