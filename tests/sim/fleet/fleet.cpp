// Settings, keys, script and health of a simulated fleet.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/fleet.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "common/core/net.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "tests/sim/fleet/router.hpp"

namespace vivi::sim {
namespace {

const std::vector<Setting> settings{
    {"health.socket", std::string{}, "Unix socket of the health document; empty: none."},
    {"hub.address", std::string{"127.0.0.1:2222"}, "The hub, host:port."},
    {"hub.host_keys.file", std::string{"/etc/vivi/hub_host_keys"}, "Public keys of the hub, one a line; no other is accepted."},
    {"commands.keys", std::vector<std::string>{}, "Public keys that sign commands (ed25519:…); none: every command is refused."},
    {"fleet.count", std::int64_t{10}, "How many routers there are."},
    {"fleet.devices", std::int64_t{20}, "How many devices each has."},
    {"fleet.seed", std::int64_t{1}, "Two runs with the same seed see the same crowds and the same faults."},
    {"fleet.keys", std::string{"fleet"},
     "Folder of the routers' private keys; missing ones are made. Their fingerprints: its file `fingerprints`."},
    {"fleet.from", std::string{},
     "IPv4 prefix each router takes an address of its own from (127.1.0.0/16); empty: all share the machine's."},
    {"fleet.starts_a_second", std::int64_t{100}, "How many routers connect for the first time in a second; 0: all at once."},
    {"fleet.script", std::vector<std::string>{}, "Steps: 'at 30 cut 10', 'every 60 half-open 5 45', 'at 90 leave 100 20'."},
    {"traffic.tick_ms", std::int64_t{10'000}, "Milliseconds between traffic events of a router."},
    {"traffic.watched_tick_ms", std::int64_t{250}, "The same while somebody looks at it."},
    {"traffic.backlog_hours", std::int64_t{0}, "So many hours of history are told first, as after a long outage."},
    {"traffic.most_events", std::int64_t{0}, "Traffic events of a router, then it is silent; 0: without end."},
    {"tunnel.keepalive_seconds", std::int64_t{15}, "A silent hub is asked for a sign of life after so many seconds."},
    {"tunnel.dead_seconds", std::int64_t{45}, "A hub that was silent for so many seconds is given up."},
    {"tunnel.backoff_first_ms", std::int64_t{1000}, "Longest wait before the first new try, in milliseconds; it doubles."},
    {"tunnel.backoff_most_ms", std::int64_t{60'000}, "Longest wait between tries, in milliseconds."},
};

Status check(const Settings& given) {
    if (const auto hub = ssh::parse_address(given.text("hub.address")); !hub)
        return failed(Code::Invalid, "hub.address: " + hub.error().detail);
    for (const auto& text : given.list("commands.keys")) {
        if (!crypto::parse_public_key(text)) return failed(Code::Invalid, "commands.keys: " + text + " is no ed25519:… key");
    }
    if (const auto& from = given.text("fleet.from"); !from.empty() && !parse_ipv4_prefix(from))
        return failed(Code::Invalid, "fleet.from: must be an IPv4 prefix");
    for (const auto& line : given.list("fleet.script")) {
        if (const auto step = parse_step(line); !step) return failed(Code::Invalid, "fleet.script: " + step.error().detail);
    }
    for (const auto* key : {"fleet.count", "traffic.tick_ms", "traffic.watched_tick_ms", "tunnel.keepalive_seconds"}) {
        if (given.number(key) < 1) return failed(Code::Invalid, std::string{key} + ": must be at least 1");
    }
    return {};
}

/// Four descriptors a router: libssh's, its duplicate, the wire's, and one to spare.
void raise_descriptor_limit(std::size_t routers) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, routers * 4 + 100));
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

class Fleet {
public:
    Fleet(net::any_io_executor executor, const Settings& given)
        : given_{given},
          options_{options(given)},
          running_{executor},
          random_{static_cast<std::uint32_t>(given.number("fleet.seed"))},
          completed_{executor} {
        const auto count = static_cast<std::size_t>(given.number("fleet.count"));
        raise_descriptor_limit(count);
        for (std::size_t i = 0; i < count; ++i) add_router(executor, i);
        publish_fingerprints();
    }

    Task<> run() {
        began_ = now();
        co_await together(running_.run(), start(), follow_script(), watch(),
                          serve_health(given_.text("health.socket"), [this] { return health(); }));
    }

private:
    static FleetOptions options(const Settings& given) {
        auto keys = ssh::load_public_keys(given.text("hub.host_keys.file"));
        if (!keys) throw Fatal{keys.error(), Exit::Configuration};
        const auto most_events = given.number("traffic.most_events");
        std::vector<crypto::PublicKey> command_keys;
        for (const auto& text : given.list("commands.keys")) command_keys.push_back(*crypto::parse_public_key(text));
        return {
            .hub = *ssh::parse_address(given.text("hub.address")),
            .hub_keys = *std::move(keys),
            .liveness = {.keepalive = given.seconds("tunnel.keepalive_seconds"), .dead = given.seconds("tunnel.dead_seconds")},
            .backoff_first = given.milliseconds("tunnel.backoff_first_ms"),
            .backoff_most = given.milliseconds("tunnel.backoff_most_ms"),
            .pace = {.tick = given.milliseconds("traffic.tick_ms"),
                     .watched_tick = given.milliseconds("traffic.watched_tick_ms"),
                     .backlog = std::chrono::hours{given.number("traffic.backlog_hours")},
                     .most_events = most_events > 0 ? static_cast<std::uint64_t>(most_events) : Pace{}.most_events},
            .command_keys = std::move(command_keys)};
    }

    void add_router(const net::any_io_executor& executor, std::size_t number) {
        std::filesystem::create_directories(given_.text("fleet.keys"));
        auto key = ssh::load_or_generate(given_.text("fleet.keys") + "/router-" + std::to_string(number + 1));
        if (!key) throw Fatal{key.error(), Exit::Configuration};
        net::ip::address from;  // Unspecified.
        if (const auto& prefix = given_.text("fleet.from"); !prefix.empty()) {
            from = net::ip::address_v4{parse_ipv4_prefix(prefix)->address.value + static_cast<std::uint32_t>(number) + 1};
        }
        const auto seed = static_cast<std::uint32_t>(given_.number("fleet.seed")) + static_cast<std::uint32_t>(number);
        routers_.emplace_back(executor, *std::move(key), from, Crowd{static_cast<int>(given_.number("fleet.devices")), seed},
                              options_);
    }

    /// `vivi-admin register-routers` takes this file.
    void publish_fingerprints() {
        std::ofstream file{given_.text("fleet.keys") + "/fingerprints"};
        for (std::size_t i = 0; i < routers_.size(); ++i) {
            const auto print = ssh::fingerprint(routers_[i].identity().public_key());
            log::info("fleet.router", {{"number", i + 1}, {"fingerprint", print}});
            file << print << " router-" << i + 1 << '\n';
        }
    }

    Task<> start() {
        const auto a_second = given_.number("fleet.starts_a_second");
        std::int64_t started = 0;
        for (auto& router : routers_) {
            running_.start(router.run());
            if (a_second > 0 && ++started % std::max<std::int64_t>(a_second / 20, 1) == 0)
                co_await after(Milliseconds{1000 * std::max<std::int64_t>(a_second / 20, 1) / a_second});
        }
        co_await net::steady_timer{co_await net::this_coro::executor, Instant::max()}.async_wait(net::use_awaitable);
    }

    Task<> follow_script() {
        while (!was_complete_) co_await completed_.wait();
        std::multimap<Instant, Step> due;
        const auto began = now();
        for (const auto& line : given_.list("fleet.script")) {
            const auto step = *parse_step(line);
            due.emplace(began + step.at, step);
        }
        while (!due.empty()) {
            const auto [at, step] = *due.begin();
            due.erase(due.begin());
            if (at > now()) co_await after(std::chrono::ceil<Milliseconds>(at - now()));
            strike(step);
            if (step.is_repeated) due.emplace(at + step.at, step);
        }
        co_await net::steady_timer{co_await net::this_coro::executor, Instant::max()}.async_wait(net::use_awaitable);
    }

    void strike(const Step& step) {
        std::uniform_int_distribution<int> percent{1, 100};
        std::size_t struck = 0;
        for (auto& router : routers_) {
            if (percent(random_) > step.percent) continue;
            struck += router.is_connected() ? 1 : 0;
            router.suffer(step.fault);
        }
        log::info("fleet.struck", {{"routers", struck}, {"percent", step.percent}});
    }

    /// Notes when the fleet was last complete, and when it last was not.
    Task<> watch() {
        bool is_complete = false;
        for (;;) {
            const bool was_complete = std::exchange(
                is_complete, std::ranges::all_of(routers_, [](const Router& router) { return router.bridge().has_stream(); }));
            if (is_complete != was_complete) {
                changed_at_ = now();
                log::info(is_complete ? "fleet.complete" : "fleet.incomplete",
                          {{"after_ms", std::chrono::duration_cast<Milliseconds>(now() - began_).count()}});
            }
            was_complete_ = was_complete_ || is_complete;
            completed_.notify();
            co_await after(100ms);
        }
    }

    nlohmann::json health() const {
        std::size_t connected = 0, streams = 0, waiting = 0;
        std::uint64_t connections = 0, acknowledged = 0, bytes_down = 0;
        std::int64_t least_revision = std::numeric_limits<std::int64_t>::max();
        std::map<std::string, int> reasons;
        nlohmann::json codes = nlohmann::json::object();
        for (const auto& router : routers_) {
            connected += router.is_connected() ? 1 : 0;
            streams += router.bridge().has_stream() ? 1 : 0;
            waiting += router.bridge().waiting();
            connections += router.connections();
            acknowledged += router.bridge().acknowledged();
            bytes_down += router.bridge().bytes_down();
            least_revision = std::min(least_revision, router.bridge().applied_revision());
            if (!router.is_connected() && !router.why().empty()) ++reasons[router.why()];
            if (!router.claim_code().empty()) codes[ssh::fingerprint(router.identity().public_key())] = router.claim_code();
        }
        return {{"name", "sim-fleet"},
                {"routers", routers_.size()},
                {"connected", connected},
                {"streams", streams},
                {"connections", connections},
                {"acknowledged", acknowledged},
                {"waiting", waiting},
                {"bytes_down", bytes_down},
                {"least_applied_revision", least_revision},
                {"unchanged_ms", std::chrono::duration_cast<Milliseconds>(now() - changed_at_).count()},
                {"claim_codes", codes},
                {"why_offline", reasons}};
    }

    const Settings& given_;
    FleetOptions options_;
    TaskGroup running_;
    std::mt19937 random_;
    std::deque<Router> routers_;
    Instant began_{}, changed_at_{};
    Signal completed_;  // For the first time: the script begins.
    bool was_complete_ = false;
};

Task<> run(const Settings& given) {
    Fleet fleet{co_await net::this_coro::executor, given};
    notify_ready();
    co_await fleet.run();
}

}  // namespace

Program fleet_program() {
    return {
        .name = "sim-fleet",
        .purpose = "Routers that do not exist, with real tunnels and real sync sessions, for tests and benches of the server.",
        .settings = settings,
        .check = check,
        .run = run};
}

}  // namespace vivi::sim
