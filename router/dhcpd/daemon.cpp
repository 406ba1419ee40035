// The parts of vivi-dhcpd and their connections.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/daemon.hpp"

#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/model/event.hpp"
#include "common/runtime/health.hpp"
#include "common/store/redis.hpp"
#include "router/dhcpd/announcer.hpp"
#include "router/dhcpd/journal.hpp"
#include "router/dhcpd/server.hpp"
#include "router/state/custody_lock.hpp"
#include "router/state/events_bus.hpp"
#include "router/state/live_configuration.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::dhcpd {
namespace {

Task<> run(const Settings& settings) {
    const auto executor = co_await net::this_coro::executor;
    const auto lock = co_await state::CustodyLock::take(settings.text("return.file"), state::CustodyLock::Kind::Working);
    const auto broker = state::events_bus(settings.text("bus.url"));
    store::Redis redis{executor, {.url = settings.text("state.url")}};
    bus::RabbitmqPublisher publisher{executor, broker};
    bus::RabbitmqSubscriber config_changed{
        executor, broker, {.name = {}, .bindings = {std::string{model::topic::config_changed}}}};

    state::LiveConfiguration live{executor, settings.text("last_good.file"), redis, settings.text("local.file")};
    Journal journal{redis};
    Announcer announcer{executor, publisher};
    Server server{executor,
                  live,
                  journal,
                  Tuning{.probe = settings.milliseconds("probe.wait_ms")},
                  state::PolicyFolder{settings.text("policy.folder")},
                  {.written = [&](std::vector<bus::Message> events) { announcer.wake(std::move(events)); },
                   .applied = [&](Verdict verdict) { announcer.report(std::move(verdict)); }}};
    const auto health = [&] {
        nlohmann::json document{{"process", "dhcpd"},
                                {"redis", redis.connected()},
                                {"bus", publisher.connected()},
                                {"records_waiting", journal.waiting()},
                                {"records_lost", journal.lost()},
                                {"networks", server.networks()}};
        document["revision"] = server.revision() ? nlohmann::json(*server.revision()) : nlohmann::json();
        return document;
    };
    notify_ready();
    co_await together(live.follow(), live.hear(config_changed), announcer.run(), server.follow(), server.run(),
                      serve_health(settings.text("health.socket"), health), state::until_returned(settings.text("return.file")));
}

Status check(const Settings& settings) {
    if (const auto wait = settings.number("probe.wait_ms"); wait < 0 || wait > 2000)
        return failed(Code::Invalid, "probe.wait_ms: must be in 0..2000");
    return {};
}

}  // namespace

Program program() {
    return {.name = "dhcpd",
            .purpose = "Gives the devices of the router's networks their IPv4 addresses (DHCP, RFC 2131).",
            .settings =
                {{"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "The router's RabbitMQ."},
                 {"state.url", std::string{"redis://127.0.0.1:6379/0"}, "The Redis of leases and configuration."},
                 {"last_good.file", std::string{"/var/lib/vivi/last-good.json"},
                  "The configuration document used until Redis is there; empty: none."},
                 {"local.file", std::string{"/var/lib/vivi/local.json"},
                  "What was decided at the router: the interfaces of the LAN; empty: nothing ever is."},
                 {"policy.folder", std::string{"/var/lib/vivi/policy"},
                  "Where bridged writes the compiled policy, which says who is banned at this moment, and the leases of a router "
                  "whose "
                  "place this one takes; empty: the document alone."},
                 {"return.file", std::string{"/var/lib/vivi/return.json"},
                  "While it is there the router is being wiped, and this waits; empty: nobody returns it."},
                 {"probe.wait_ms", std::int64_t{150},
                  "Milliseconds an ARP probe waits before an address is offered to a device that did not have it; 0: no probe."},
                 {"health.socket", std::string{"/run/vivi/dhcpd.health"}, "Unix socket of the health document; empty: none."}},
            .check = check,
            .run = run};
}

}  // namespace vivi::dhcpd
