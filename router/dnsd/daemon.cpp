// The parts of vivi-dnsd, connected: listeners and upstreams around the engine; policy, leases, neighbours and configuration into
// it. SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/daemon.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis.hpp"
#include "router/dnsd/hearing.hpp"
#include "router/dnsd/lease_watch.hpp"
#include "router/dnsd/policy_watch.hpp"
#include "router/dnsd/query_loop.hpp"
#include "router/dnsd/reporter.hpp"
#include "router/dnsd/socket_address.hpp"
#include "router/dnsd/tcp_listener.hpp"
#include "router/dnsd/upstream_streams.hpp"
#include "router/state/custody_lock.hpp"
#include "router/state/events_bus.hpp"
#include "router/state/live_configuration.hpp"

namespace vivi::dnsd {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr Milliseconds tick{10'000}, watched_tick{1'000};
constexpr Milliseconds longest_farewell{2'000};  ///< For the last tick to be confirmed.

class SystemRandom final : public RandomSource {
public:
    void fill(std::span<std::byte> room) override { std::ranges::copy(crypto::random_bytes(room.size()), room.begin()); }
};

Result<std::vector<Endpoint>> endpoints(const std::vector<std::string>& texts, std::uint16_t port) {
    std::vector<Endpoint> made;
    for (const auto& text : texts) {
        const auto endpoint = parse_endpoint(text, port);
        if (!endpoint) return std::unexpected{endpoint.error()};
        made.push_back(*endpoint);
    }
    return made;
}

Status check(const Settings& settings) {
    const auto port = settings.number("listen.port");
    if (port < 1 || port > 65'535) return failed(Code::Invalid, "listen.port: must be in 1..65535");
    const auto own = endpoints(settings.list("listen.addresses"), static_cast<std::uint16_t>(port));
    if (!own) return std::unexpected{Error{own.error()}.in("listen.addresses")};
    if (own->empty()) return failed(Code::Invalid, "listen.addresses: must name at least one address");
    const auto upstreams = endpoints(settings.list("upstream.addresses"), dns_port);
    if (!upstreams) return std::unexpected{Error{upstreams.error()}.in("upstream.addresses")};
    const auto slots = settings.number("upstream.ports");
    if (slots < 1 || slots > 256) return failed(Code::Invalid, "upstream.ports: must be in 1..256");
    const auto cached = settings.number("cache.entries");
    if (cached < 0 || cached > 65'536) return failed(Code::Invalid, "cache.entries: must be in 0..65536");
    return {};
}

class Daemon {
public:
    Daemon(const net::any_io_executor& executor, const Settings& settings)
        : settings_{settings},
          limits_{limits(settings)},
          state_{executor, {settings.text("state.url")}},
          live_{executor, settings.text("last_good.file"), state_},
          engine_{random_, limits_},
          loop_{executor, engine_, allowed_, limits_.slots},
          tcp_{executor, [this](BytesView message, const Client& client) { loop_.query(message, client); }},
          streams_{executor,
                   {.answered = [this](BytesView message, const Endpoint& from) { loop_.upstream_answer(message, from); },
                    .failed = [this](const Endpoint& upstream, std::uint16_t id) { loop_.upstream_failed(upstream, id); }}},
          policy_{executor,
                  {.path = settings.text("policy.folder")},
                  {.swapped = [this](const MappedPolicy& policy) { take(policy); }, .refused = [this] { tell_revision(); }}},
          leases_{executor, state_, [this](const std::vector<model::Lease>& leases) { engine_.set_leases(leases); }},
          hearing_{{.configuration = [this] { live_.wake(); },
                    .policy = [this] { policy_.wake(); },
                    .leases = [this] { leases_.wake(); },
                    .watch = [this] { tick_now_.notify(); }}},
          tick_now_{executor},
          publisher_{executor, state::events_bus(settings.text("bus.url"))},
          subscriber_{executor, state::events_bus(settings.text("bus.url")), {.name = "", .bindings = heard_topics()}},
          reporter_{executor, publisher_, crypto::random_id()} {
        loop_.speak_tcp_with({.answer = [this](const Client& client, BytesView bytes) { tcp_.answer(client, bytes); },
                              .ask = [this](const Decisions::Ask& ask, BytesView bytes) { return streams_.ask(ask, bytes); }});
    }

    /// What cannot get better by waiting ends the process now.
    void open() {
        listen();
        loop_.set_upstreams(*endpoints(settings_.list("upstream.addresses"), dns_port));
        if (const auto held = allowed_.held()) engine_.adopt(*held, now());
        policy_.look_now();
    }

    Task<> run() {
        co_await together(loop_.run(), loop_.keep_house(), tcp_.run(), streams_.run(), policy_.run(), leases_.run(),
                          live_.follow(), follow_configuration(), hearing_.hear(subscriber_), hearing_.look(state_), report(),
                          reporter_.publish(), serve_health(settings_.text("health.socket"), [this] { return health(); }));
    }

    /// The last tick, confirmed if the broker is there.
    Task<> say_farewell() {
        using namespace net::experimental::awaitable_operators;
        end_tick();
        co_await (reporter_.flush() || after(longest_farewell));
    }

private:
    static Limits limits(const Settings& settings) {
        Limits made;
        made.slots = static_cast<std::uint16_t>(settings.number("upstream.ports"));
        made.cached = static_cast<std::size_t>(settings.number("cache.entries"));
        return made;
    }

    void listen() {
        const auto port = static_cast<std::uint16_t>(settings_.number("listen.port"));
        std::size_t open = 0;
        for (const auto& where : *endpoints(settings_.list("listen.addresses"), port)) {
            auto udp = loop_.listen(where);
            auto bound = udp ? tcp_.listen(where) : udp;
            // A kernel without IPv6 has no [::], and needs none.
            if (!bound && bound.error().code == Code::NotFound)
                log::warn("listen.skipped", {{"reason", bound.error().detail}});
            else if (!bound)
                throw Fatal{bound.error()};
            else
                ++open;
        }
        if (open == 0) throw Fatal{Error{Code::NotFound, "listen.addresses: none of them is an address of this machine"}};
    }

    void take(const MappedPolicy& policy) {
        loop_.set_policy({policy, &policy->engine()});
        tell_revision();
    }

    Task<> follow_configuration() {
        for (std::uint64_t seen = 0;;) {
            seen = co_await live_.changed(seen);
            const auto& configuration = *live_.current();
            engine_.set_dns(configuration.dns, configuration.networks);
            // What the event's organiser names comes first; the router's own resolver is what is left when they are all away.
            auto texts = configuration.dns.upstream;
            const auto& own = settings_.list("upstream.addresses");
            texts.insert(texts.end(), own.begin(), own.end());
            const auto upstreams = endpoints(texts, dns_port);
            if (upstreams) loop_.set_upstreams(*upstreams);
            upstream_problem_ = upstreams ? "" : "/dns/upstream: " + upstreams.error().detail;
            tell_revision();
        }
    }

    /// A revision is in force when the configuration's part and the compiled rules of it are.
    void tell_revision() {
        if (!live_.current()) return;
        const auto wanted = live_.current()->revision;
        if (!upstream_problem_.empty()) return reporter_.revision(wanted, upstream_problem_, wall_now());
        if (policy_.current() && policy_.current()->engine().revision() == wanted)
            return reporter_.revision(wanted, "", wall_now());
        const bool is_behind = !policy_.current() || policy_.current()->engine().revision() < wanted;
        if (is_behind && policy_.is_damaged()) reporter_.revision(wanted, policy_.problem(), wall_now());
    }

    Task<> report() {
        for (auto began = now();;) {
            const auto length = hearing_.is_watched(now()) ? watched_tick : tick;
            if (now() < began + length) {
                co_await tick_now_.wait_until(began + length);
                continue;
            }
            began = now();
            end_tick();
        }
    }

    void end_tick() {
        const auto at = now();
        const auto seen = engine_.take_seen(at);
        const auto hits = engine_.take_hits(at);
        reporter_.accept(seen, hits, wall_now());
    }

    model::Json health() const;

    const Settings& settings_;
    Limits limits_;
    SystemRandom random_{};
    store::Redis state_;
    state::LiveConfiguration live_;
    Engine engine_;
    firewall::AllowedSets allowed_{};
    QueryLoop loop_;
    TcpListener tcp_;
    UpstreamStreams streams_;
    PolicyWatch policy_;
    LeaseWatch leases_;
    Hearing hearing_;
    Signal tick_now_;
    bus::RabbitmqPublisher publisher_;
    bus::RabbitmqSubscriber subscriber_;
    Reporter reporter_;
    std::string upstream_problem_{};
};

model::Json counters_json(const Counters& counted, const LoopCounters& edge) {
    return {{"queries", counted.queries},
            {"dropped", counted.dropped},
            {"malformed", counted.malformed},
            {"refused", counted.refused},
            {"local", counted.local},
            {"blocked", counted.blocked},
            {"forwarded", counted.forwarded},
            {"cached", counted.cached},
            {"coalesced", counted.coalesced},
            {"repeated", counted.repeated},
            {"answered", counted.answered},
            {"failed", counted.failed},
            {"overload", counted.overload},
            {"truncated", counted.truncated},
            {"retries", counted.retries},
            {"wrong_answers", counted.wrong},
            {"rebinding", counted.rebinding},
            {"ech", counted.ech},
            {"batches", edge.batches},
            {"unsent", edge.unsent},
            {"allow_failures", edge.allow_failures},
            {"neighbours_lost", edge.neighbours_lost},
            {"upstream_ports_refused", edge.ports_refused}};
}

model::Json upstreams_json(const std::vector<UpstreamHealth>& upstreams) {
    auto list = model::Json::array();
    for (const auto& upstream : upstreams) {
        list.push_back({{"address", to_string(upstream.endpoint)},
                        {"penalised", upstream.is_penalised},
                        {"failures", upstream.failures},
                        {"rtt_ms", upstream.rtt.count()},
                        {"answers", upstream.answers},
                        {"keeps_case", upstream.keeps_case}});
    }
    return list;
}

model::Json Daemon::health() const {
    const auto& policy = policy_.current();
    const auto& tcp = tcp_.counters();
    model::Json document{{"daemon", "dnsd"},
                         {"version", VIVI_VERSION},
                         {"bus", publisher_.connected() ? "connected" : "away"},
                         {"state", state_.connected() ? "connected" : "away"},
                         {"policy", policy ? "in_force" : "missing"},
                         {"policy_problem", policy_.problem()},
                         {"policy_swaps", policy_.swaps()},
                         {"leases", leases_.count()},
                         {"events_waiting", reporter_.waiting()},
                         {"events_dropped", reporter_.dropped()},
                         {"in_flight", engine_.in_flight()},
                         {"counters", counters_json(engine_.counters(), loop_.counters())},
                         {"upstreams", upstreams_json(engine_.upstreams(now()))},
                         {"upstream_sockets", loop_.upstream_sockets()},
                         {"upstream_streams", {{"open", streams_.open()}, {"asked", streams_.asked()}}},
                         {"forwarding_us",
                          {{"p50", loop_.forwarding().percentile(0.5).count()},
                           {"p99", loop_.forwarding().percentile(0.99).count()},
                           {"count", loop_.forwarding().count()}}},
                         {"tcp",
                          {{"connections", tcp_.connections()},
                           {"accepted", tcp.accepted},
                           {"refused", tcp.refused},
                           {"queries", tcp.queries},
                           {"idle", tcp.idle},
                           {"slow", tcp.slow}}}};
    document["revision"] = policy ? model::Json(policy->engine().revision()) : model::Json();
    document["configuration_revision"] = live_.current() ? model::Json(live_.current()->revision) : model::Json();
    document["names"] = policy ? policy->catalogue().names() : 0;
    return document;
}

Task<> run(const Settings& settings) {
    const auto executor = co_await net::this_coro::executor;
    const auto lock = co_await state::CustodyLock::take(settings.text("return.file"), state::CustodyLock::Kind::Working);
    Daemon daemon{executor, settings};
    daemon.open();
    notify_ready();
    co_await state::work_until_asked_to_stop(daemon.run(), settings.text("return.file"));
    co_await daemon.say_farewell();
}

}  // namespace

Program program() {
    return {
        .name = "dnsd",
        .purpose = "Answers every DNS query of the guests as the policy says, and asks unbound for the rest.",
        .settings = {{"listen.addresses", std::vector<std::string>{"0.0.0.0", "::"},
                      "Addresses to answer on over UDP and TCP; 0.0.0.0 and :: are all of this machine."},
                     {"listen.port", std::int64_t{53}, "Port to answer on."},
                     {"upstream.addresses", std::vector<std::string>{"127.0.0.1:5335"},
                      "Resolvers in order of preference, port 53 unless given; those of the configuration come before them."},
                     {"upstream.ports", std::int64_t{8}, "Source ports in use at once for each resolver, 1..256."},
                     {"cache.entries", std::int64_t{32'768},
                      "Answers kept for a minute at most; 0: none, every question goes to a resolver."},
                     {"policy.folder", std::string{"/var/lib/vivi/policy"}, "Where bridged writes the compiled policy."},
                     {"return.file", std::string{"/var/lib/vivi/return.json"},
                      "While it is there the router is being wiped, and this waits; empty: nobody returns it."},
                     {"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "The router's RabbitMQ."},
                     {"state.url", std::string{"redis://127.0.0.1:6379/0"}, "The router's Redis, instance state."},
                     {"last_good.file", std::string{"/var/lib/vivi/last-good.json"},
                      "The configuration document read before Redis is there; empty: none."},
                     {"health.socket", std::string{"/run/vivi/dnsd.health"}, "Unix socket of the health document; empty: none."}},
        .check = check,
        .run = run};
}

}  // namespace vivi::dnsd
