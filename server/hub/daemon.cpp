// Door, threads, announcer, PostgreSQL, RabbitMQ and Redis of the hub, put together.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/daemon.hpp"

#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "server/hub/door.hpp"
#include "server/hub/retention.hpp"

namespace vivi::hub {
namespace {

const std::vector<Setting> settings{
    {"health.socket", std::string{"/run/vivi/openvivi.health"}, "Unix socket of the health document."},
    {"hub.name", std::string{"hub-1"}, "Name of this hub in PostgreSQL; each hub has its own."},
    {"listen.address", std::string{"0.0.0.0"}, "Address routers connect to."},
    {"listen.port", std::int64_t{2222}, "Port routers connect to."},
    {"listen.tls_port", std::int64_t{0}, "Port for SSH inside TLS, where nothing but 443 passes; 0: none."},
    {"tls.certificate.file", std::string{"/etc/vivi/hub_certificate.pem"}, "What is shown there: PEM, with its chain."},
    {"tls.key.file", std::string{"/etc/vivi/hub_certificate.key"}, "Its private key, PEM."},
    {"proxies.trusted", std::vector<std::string>{},
     "Addresses or prefixes of the proxies in front; their connections begin with the PROXY protocol, version 2."},
    {"host_key.file", std::string{"/etc/vivi/hub_host_key"}, "The hub's private key (OpenSSH, mode 0600); made when absent."},
    {"database.url", std::string{"postgresql://vivi_hub@127.0.0.1/vivi"}, "PostgreSQL, as the role vivi_hub."},
    {"database.connections", std::int64_t{4}, "Connections to PostgreSQL, each with a thread."},
    {"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "The server's RabbitMQ."},
    {"redis.url", std::string{"redis://127.0.0.1:6379/0"}, "The server's Redis."},
    {"tunnel.threads", std::int64_t{2}, "Threads that the routers' sessions are spread over."},
    {"tunnel.keepalive_seconds", std::int64_t{15}, "A silent router is asked for a sign of life after so many seconds."},
    {"tunnel.dead_seconds", std::int64_t{45}, "A router that was silent for so many seconds is given up."},
    {"limits.strangers", std::int64_t{256}, "Connections that have not authenticated, at once."},
    {"limits.pending", std::int64_t{200}, "Routers that nobody has claimed, held at once."},
    {"limits.pending_of_address", std::int64_t{8}, "The same of one address."},
    {"limits.strangers_of_address", std::int64_t{32}, "The same of one address."},
};

Status check(const Settings& given) {
    const auto port = given.number("listen.port");
    if (port < 1 || port > 65'535) return failed(Code::Invalid, "listen.port: must be 1..65535");
    const auto tls_port = given.number("listen.tls_port");
    if (tls_port < 0 || tls_port > 65'535 || tls_port == port)
        return failed(Code::Invalid, "listen.tls_port: must be 0..65535 and not listen.port");
    if (given.number("tunnel.threads") < 1 || given.number("tunnel.threads") > 64)
        return failed(Code::Invalid, "tunnel.threads: must be 1..64");
    for (const auto& proxy : given.list("proxies.trusted")) {
        if (!parse_ip_prefix(proxy))
            return failed(Code::Invalid, "proxies.trusted: '" + proxy + "' is neither an address nor a prefix (host bits zero)");
    }
    if (given.text("hub.name").empty()) return failed(Code::Invalid, "hub.name: must not be empty");
    if (given.number("database.connections") < 1 || given.number("database.connections") > 64)
        return failed(Code::Invalid, "database.connections: must be 1..64");
    const auto keepalive = given.number("tunnel.keepalive_seconds");
    if (keepalive < 1 || given.number("tunnel.dead_seconds") <= keepalive || given.number("tunnel.dead_seconds") > 3600)
        return failed(Code::Invalid, "tunnel.dead_seconds: must be above tunnel.keepalive_seconds (at least 1) and at most 3600");
    if (given.number("limits.pending") < 0 || given.number("limits.pending_of_address") < 0)
        return failed(Code::Invalid, "limits.pending and limits.pending_of_address: must not be negative");
    if (given.number("limits.strangers") < 1 || given.number("limits.strangers_of_address") < 1)
        return failed(Code::Invalid, "limits.strangers and limits.strangers_of_address: must be at least 1");
    return {};
}

ssh::PrivateKey host_key(const Settings& given) {
    const auto& path = given.text("host_key.file");
    auto key = ssh::load_or_generate(path);
    if (!key) throw Fatal{key.error(), Exit::Configuration};
    log::info("host_key.ready", {{"fingerprint", ssh::fingerprint(key->public_key())}, {"file", path}});
    const auto written = ssh::write_line(path + ".pub", ssh::to_line(key->public_key()));
    if (!written) log::warn("host_key.unpublished", {{"reason", written.error().detail}});
    return *std::move(key);
}

std::optional<ssh::TlsServer> tls_server(const Settings& given) {
    if (given.number("listen.tls_port") == 0) return std::nullopt;
    auto server = ssh::TlsServer::load(given.text("tls.certificate.file"), given.text("tls.key.file"));
    if (!server) throw Fatal{server.error(), Exit::Configuration};
    return *std::move(server);
}

DoorOptions door_options(const Settings& given) {
    std::vector<IpPrefix> proxies;
    for (const auto& proxy : given.list("proxies.trusted")) proxies.push_back(parse_ip_prefix(proxy).value());
    return {.address = given.text("listen.address"),
            .port = static_cast<std::uint16_t>(given.number("listen.port")),
            .tls_port = static_cast<std::uint16_t>(given.number("listen.tls_port")),
            .proxies = std::move(proxies),
            .liveness = {.keepalive = given.seconds("tunnel.keepalive_seconds"), .dead = given.seconds("tunnel.dead_seconds")}};
}

nlohmann::json health(const std::string& name, const Counts& counts, const Door& door, const Shards& shards, bool has_bus) {
    return {{"name", "openvivi"},
            {"hub", name},
            {"routers", counts.routers_now.load()},
            {"streams", counts.streams_now.load()},
            {"pending", counts.pending_now.load()},
            {"strangers", door.strangers()},
            {"bus", has_bus},
            {"redis", shards.has_redis()},
            {"threads", shards.loads()},
            {"counts",
             {{"connections", counts.connections.load()},
              {"turned_away", counts.turned_away.load()},
              {"handshakes_failed", counts.handshakes_failed.load()},
              {"keys_refused", counts.keys_refused.load()},
              {"sessions", counts.sessions.load()},
              {"replaced", counts.replaced.load()},
              {"streams", counts.streams.load()},
              {"entries", counts.entries.load()},
              {"batches", counts.batches.load()},
              {"dead_letters", counts.dead_letters.load()},
              {"ingest_retries", counts.ingest_retries.load()},
              {"configurations", counts.configurations.load()},
              {"wakeups", counts.wakeups.load()},
              {"wakeups_failed", counts.wakeups_failed.load()},
              {"commands_sent", counts.commands_sent.load()},
              {"commands_over", counts.commands_over.load()}}}};
}

Task<> run(const Settings& given) {
    using namespace net::experimental::awaitable_operators;
    const auto executor = co_await net::this_coro::executor;
    const auto key = host_key(given);
    const bus::Broker broker{.url = given.text("bus.url"), .exchange = "vivi.live"};
    const bus::Queue wakeups{.name = "", .bindings = {}};  // Bound for each router that comes.

    Counts counts;
    db::Pool pool{given.text("database.url"), static_cast<std::size_t>(given.number("database.connections"))};
    bus::RabbitmqPublisher publisher{executor, broker};
    bus::RabbitmqSubscriber subscriber{executor, broker, wakeups};
    Announcer announcer{executor, publisher, counts};
    Hearing hearing{subscriber};
    Services services{.hub = given.text("hub.name"), .pool = pool, .announcer = announcer, .hearing = hearing, .counts = counts};
    const auto most = [&](const char* setting) { return static_cast<std::size_t>(given.number(setting)); };
    Bounds bounds{.strangers{most("limits.strangers"), most("limits.strangers_of_address")},
                  .pending{most("limits.pending"), most("limits.pending_of_address")}};
    Shards shards{executor, static_cast<std::size_t>(given.number("tunnel.threads")), services, given.text("redis.url")};
    Door door{executor, key, door_options(given), tls_server(given), bounds, services, shards};
    const auto document = [&] { return health(services.hub, counts, door, shards, publisher.connected()); };

    notify_ready();
    std::exception_ptr failure;
    co_await caught(together(shards.run(), door.run(), shards.listen(subscriber), announcer.run(), keep_for_a_while(pool),
                             roll_up_traffic(pool), watch_routers(pool), serve_health(given.text("health.socket"), document)),
                    failure);
    // The routers have said goodbye; viewers hear that they are offline.
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    co_await (announcer.flush() || after(1s));
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

Program program() {
    return {.name = "openvivi",
            .purpose = "The OpenVivi hub: takes the routers' SSH connections, stores their events and passes decisions down.",
            .settings = settings,
            .check = check,
            .run = run};
}

}  // namespace vivi::hub
