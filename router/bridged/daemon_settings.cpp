// The table and the checks.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/daemon_settings.hpp"

#include <algorithm>

#include "common/core/url.hpp"
#include "router/bridged/dns_prober.hpp"
#include "router/bridged/policy_clock.hpp"

namespace vivi::bridged {
namespace {

Status check_url(const Settings& settings, const std::string& key, const std::vector<std::string>& schemes) {
    const auto url = parse_url(settings.text(key));
    if (!url) return failed(Code::Invalid, key + ": " + url.error().detail);
    if (std::ranges::find(schemes, url->scheme) != schemes.end()) return {};
    return failed(Code::Invalid, key + ": must begin with " + schemes.front() + "://");
}

}  // namespace

Status check_settings(const Settings& settings) {
    for (const auto* key : {"state.url", "stream.url"}) {
        if (auto checked = check_url(settings, key, {"redis", "unix"}); !checked) return checked;
    }
    if (auto checked = check_url(settings, "bus.url", {"amqp"}); !checked) return checked;
    constexpr std::int64_t least_bytes = 1 << 20;
    if (settings.number("outbox.most_bytes") < least_bytes)
        return failed(Code::Invalid, "outbox.most_bytes: must be at least 1048576");
    if (settings.number("outbox.most_hours") < 1 || settings.number("outbox.most_hours") > 8'760)
        return failed(Code::Invalid, "outbox.most_hours: must be 1 to 8760");
    if (settings.text("policy.folder").empty()) return failed(Code::Invalid, "policy.folder: must not be empty");
    if (!parse_clock_trust(settings.text("clock.trust")))
        return failed(Code::Invalid, "clock.trust: must be plausible, synchronised or always");
    if (const auto at = parse_endpoint(settings.text("dns.probe")); !at)
        return failed(Code::Invalid, "dns.probe: " + at.error().detail);
    if (settings.text("sync.socket").empty()) return failed(Code::Invalid, "sync.socket: must not be empty");
    return {};
}

std::vector<Setting> settings_table() {
    return {
        {"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "Where the router's RabbitMQ is."},
        {"state.url", std::string{"redis://127.0.0.1:6379/0"}, "The Redis of leases and configuration."},
        {"stream.url", std::string{"redis://127.0.0.1:6380/0"}, "The Redis of the outbox."},
        {"last_good.file", std::string{"/var/lib/vivi/last-good.json"}, "The configuration document for the next boot."},
        {"return.file", std::string{"/var/lib/vivi/return.json"}, "The wish to return this router: everything is wiped."},
        {"receipt.file", std::string{"/var/lib/vivi/receipt.json"}, "What was wiped, until the server has read it."},
        {"trial.file", std::string{"/var/lib/vivi/trial.json"},
         "Where it is kept which networks, uplink and DNS are on trial; empty: nowhere."},
        {"dial.socket", std::string{"/run/vivi/dial.sock"}, "The unix socket that asks the tunnel for another connection."},
        {"local.file", std::string{"/var/lib/vivi/local.json"},
         "What was decided at the router itself; openvivi-embedded writes it."},
        {"sync.socket", std::string{"/run/vivi/sync.sock"}, "The unix socket the tunnel brings the hub's streams to."},
        {"health.socket", std::string{"/run/vivi/bridged.health"}, "The unix socket of the health document; empty: none."},
        {"outbox.most_bytes", std::int64_t{64 << 20},
         "The outbox's bound in bytes of Redis memory; near it traffic is merged, at it the least is dropped."},
        {"outbox.most_hours", std::int64_t{168}, "What the server did not take for so long is dropped, in hours."},
        {"policy.folder", std::string{"/var/lib/vivi/policy"}, "Where the compiled policy is written for dnsd, pcapd and dhcpd."},
        {"policy.lists", std::string{"/usr/share/vivi/lists"},
         "The lists of categories and services that come with the router; empty: none."},
        {"ruleset.file", std::string{"/var/lib/vivi/last-good.nft"}, "The ruleset for the boot unit; empty: none."},
        {"clock.trust", std::string{"plausible"}, "When schedules go by the system's clock: plausible, synchronised or always."},
        {"clock.zones", std::string{"/usr/share/zoneinfo"}, "The folder of time zones."},
        {"dns.probe", std::string{"127.0.0.1:53"}, "Where dnsd is asked twice a second whether it is there."},
        {"network.manage", true, "False: addresses, VLAN devices, routes and sysctls are left to the system."},
        {"config.reporters", std::vector<std::string>{"dhcpd", "pcapd", "dnsd"},
         "The daemons whose config.applied makes a revision 'in force'."},
        {"firewall.enable", true, "False: decisions are taken but the packet filter of this machine is left alone."},
        {"forwarding.enable", true, "Set net.ipv4.ip_forward to 1 once a ruleset is loaded."}};
}

}  // namespace vivi::bridged
