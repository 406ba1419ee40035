// Configuration files of Vivi's programs, and enrolment.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/daemons.hpp"

#include <filesystem>
#include <utility>

#include "common/core/crypto.hpp"
#include "tests/lab/machine.hpp"

namespace vivi::lab {
namespace {

constexpr const char* owner_url = "postgresql://vivi_owner@127.0.0.1/vivi";

/// The router's first configuration (docs/protocol.md section 5); vivi-admin fills revision and custody in.
constexpr const char* first_configuration = R"({
  "v": 1, "revision": 1,
  "networks": [{"name": "lan", "interface": "br-lan", "address": "10.66.0.1/22",
                "dhcp": {"from": "10.66.0.50", "to": "10.66.3.250", "lease_seconds": 3600, "domain": "lan"}}],
  "uplink": {"interface": "uplink0", "mode": "static", "address": "198.51.100.2/24", "gateway": "198.51.100.1", "masquerade": true},
  "dns": {}, "policy": {}, "monitoring": {"tick_ms": 10000, "watched_tick_ms": 250}
})";

/// The same for a router with one interface.
constexpr const char* one_armed_configuration = R"({
  "v": 1, "revision": 1,
  "networks": [{"name": "lan", "interface": "eth0", "address": "10.66.0.1/22",
                "dhcp": {"from": "10.66.0.50", "to": "10.66.3.250", "lease_seconds": 3600, "domain": "lan"}}],
  "uplink": {"interface": "eth0", "mode": "static", "gateway": "10.66.0.254", "masquerade": true},
  "dns": {}, "policy": {}, "monitoring": {"tick_ms": 10000, "watched_tick_ms": 250}
})";

/// A daemon with <state>/etc/<name>.toml.
Result<Spec> daemon(const Settings& settings, const std::string& name, const std::string& network_namespace,
                    const std::string& toml) {
    const auto file = settings.path("etc/" + name + ".toml");
    const auto health = "health.socket = \"" + settings.path("run/" + name + ".health") + "\"\n";
    if (auto written = write_file(file, health + toml); !written) return std::unexpected{written.error()};
    return Spec{
        .name = name, .argv = {settings.program("vivi-" + name), "--config", file}, .network_namespace = network_namespace};
}

/// Sees the router's boot instead of this machine's, its systemd, and never the journal of this machine.
Result<Spec> on_router(const Settings& settings, Result<Spec> spec) {
    if (!spec) return spec;
    spec->environment["DBUS_SYSTEM_BUS_ADDRESS"] = sim::bus_address(machine_socket(settings));
    spec->files.emplace_back(boot_id_file(settings), "/proc/sys/kernel/random/boot_id");
    for (const auto* journal : {"/var/log/journal", "/run/log/journal"}) {
        if (std::filesystem::exists(journal)) spec->files.emplace_back(settings.path("router/journal"), journal);
    }
    return spec;
}

Result<std::vector<Spec>> all(std::vector<Result<Spec>> specs) {
    std::vector<Spec> good;
    for (auto& spec : specs) {
        if (!spec) return std::unexpected{std::move(spec).error()};
        good.push_back(*std::move(spec));
    }
    return good;
}

/// A wall clock of their own (clock/clock_shift.cpp), right at first.
Result<std::vector<Spec>> with_own_clock(const Settings& settings, std::vector<Spec> specs) {
    const auto shift = settings.path("clock-shift");
    if (auto written = write_file(shift, std::string(8, '\0')); !written) return std::unexpected{std::move(written).error()};
    for (auto& spec : specs) {
        spec.environment["LD_PRELOAD"] = settings.program("vivi-clock-shift.so");
        spec.environment["VIVI_CLOCK_SHIFT"] = shift;
    }
    return specs;
}

std::string line(const std::string& key, const std::string& value) { return key + " = \"" + value + "\"\n"; }

std::string sync_socket(const Settings& settings) { return line("sync.socket", settings.path("run/sync.sock")); }
std::string dial_socket(const Settings& settings) { return line("dial.socket", settings.path("run/dial.sock")); }

std::string command_key(const Settings& settings) { return settings.path("server/command_key"); }
std::string command_keys(const Settings& settings) { return settings.path("router/command_keys"); }

/// The router's end of the tunnel, dialling the hub at `address`.
Result<Spec> tunnel(const Settings& settings, const std::string& network_namespace, const std::string& address) {
    const auto keys = read_file(command_keys(settings));
    if (!keys) return std::unexpected{keys.error()};
    const auto at = [&](const std::string& key, const std::string& name) { return line(key, settings.path("router/" + name)); };
    const auto files = at("claim_code.file", "claim-code.json") + at("return.file", "return.json") +
                       at("receipt.file", "receipt.json") + at("commands.folder", "commands") +
                       at("custody.file", "last-good.json") + at("update.folder", "update") + at("update.root", "opt") +
                       at("pin.file", "pin") + at("policy.folder", "policy") + at("local.file", "local.json");
    return on_router(settings, daemon(settings, "openvivi-embedded", network_namespace,
                                      files + "commands.keys = [\"" + *keys + "\"]\n" + sync_socket(settings) +
                                          dial_socket(settings) + line("api.socket", settings.path("run/api.sock")) +
                                          line("identity.file", settings.path("router/identity")) +
                                          line("hub.host_keys.file", settings.path("router/hub_host_keys")) +
                                          "hub.addresses = [\"" + address + "\"]\ntunnel.backoff_most_ms = 5000\n"));
}

/// An Ed25519 key pair in OpenSSH's format; gives the fingerprint as ssh-keygen prints it.
Result<std::string> make_key(const std::string& file) {
    if (auto folder = write_file(file + ".comment", ""); !folder) return std::unexpected{std::move(folder).error()};
    if (auto made =
            run_once({.name = "ssh-keygen", .argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file}});
        !made)
        return made;
    auto printed = run_once({.name = "ssh-keygen", .argv = {"ssh-keygen", "-l", "-f", file + ".pub"}});
    if (!printed) return printed;
    const auto start = printed->find("SHA256:");
    if (start == std::string::npos) return failed(Code::Internal, "ssh-keygen printed no fingerprint");
    return printed->substr(start, printed->find(' ', start) - start);
}

Result<std::string> admin(const Settings& settings, std::vector<std::string> arguments, std::string input = {}) {
    Spec spec{.name = "vivi-admin",
              .argv = {settings.program("vivi-admin"), "--database", owner_url},
              .network_namespace = server_namespace,
              .input = std::move(input)};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    auto printed = run_once(spec);
    while (printed && (printed->ends_with('\n') || printed->ends_with(' '))) printed->pop_back();
    return printed;
}

}  // namespace

Result<std::vector<Spec>> router_daemons(const Settings& settings) {
    const auto last_good = line("last_good.file", settings.path("router/last-good.json"));
    const auto policy = line("policy.folder", settings.path("router/policy"));
    const auto local = line("local.file", settings.path("router/local.json"));
    auto specs = all({daemon(settings, "dhcpd", router_namespace, last_good + policy + local),
                      daemon(settings, "pcapd", router_namespace, last_good + policy + local),
                      daemon(settings, "dnsd", router_namespace, last_good + policy),
                      on_router(settings, daemon(settings, "bridged", router_namespace,
                                                 last_good + policy + sync_socket(settings) + dial_socket(settings) +
                                                     line("trial.file", settings.path("router/trial.json")) +
                                                     line("policy.lists", VIVI_LISTS) +
                                                     line("return.file", settings.path("router/return.json")) +
                                                     line("receipt.file", settings.path("router/receipt.json")) +
                                                     local +
                                                     line("ruleset.file", settings.path("router/last-good.nft")))),
                      tunnel(settings, router_namespace, "203.0.113.2:2222")});
    if (!specs || !settings.shifts_clock) return specs;
    return with_own_clock(settings, *std::move(specs));
}

Result<std::vector<Spec>> simulated_router(const Settings& settings) {
    return all({daemon(settings, "sim-router", server_namespace,
                       sync_socket(settings) + line("custody.file", settings.path("router/last-good.json"))),
                tunnel(settings, server_namespace, "127.0.0.1:2222")});
}

Result<std::vector<Spec>> server_daemons(const Settings& settings) {
    return all({daemon(settings, "openvivi", server_namespace, line("host_key.file", settings.path("server/hub_host_key"))),
                daemon(settings, "server", server_namespace,
                       line("web.root", settings.web_root) + line("commands.key_file", command_key(settings)) +
                           "listen.address = \"127.0.0.1\"\nlisten.port = 8080\n")});
}

Result<Enrolment> enrol(const Settings& settings) {
    Enrolment made{.organiser = {.email = "organiser@vivi.example", .password = "vivi-" + crypto::random_id(4)},
                   .staff = {.email = "staff@vivi.example", .password = "vivi-" + crypto::random_id(4)}};
    const auto fingerprint = make_key(settings.path("router/identity"));
    if (!fingerprint) return std::unexpected{fingerprint.error()};
    if (auto hub = make_key(settings.path("server/hub_host_key")); !hub) return std::unexpected{std::move(hub).error()};
    auto host_key = read_file(settings.path("server/hub_host_key.pub"));
    if (!host_key) return std::unexpected{std::move(host_key).error()};
    if (auto pinned = write_file(settings.path("router/hub_host_keys"), *host_key); !pinned)
        return std::unexpected{pinned.error()};
    const auto configuration = settings.path("router/first-configuration.json");
    if (auto written = write_file(configuration, settings.shape.one_armed ? one_armed_configuration : first_configuration);
        !written)
        return std::unexpected{written.error()};

    if (auto migrated = admin(settings, {"migrate"}); !migrated) return std::unexpected{std::move(migrated).error()};
    const auto organisation = admin(settings, {"create-organisation", "Pixel Party 2026"});
    if (!organisation) return std::unexpected{organisation.error()};
    const auto organiser = admin(settings,
                                 {"create-user", "--email", made.organiser.email, "--name", "Olga Organiser", "--organisation",
                                  *organisation, "--role", "owner"},
                                 made.organiser.password + "\n");
    if (!organiser) return std::unexpected{organiser.error()};
    const auto staff = admin(settings, {"create-user", "--email", made.staff.email, "--name", "Sam Staff", "--staff"},
                             made.staff.password + "\n");
    if (!staff) return std::unexpected{staff.error()};
    const auto key = admin(settings, {"command-key", command_key(settings)});
    if (!key) return std::unexpected{key.error()};
    if (auto written = write_file(command_keys(settings), *key); !written) return std::unexpected{written.error()};
    auto router = admin(settings, {"accept-router", "--fingerprint", *fingerprint, "--organisation", *organisation, "--name",
                                   "Main hall", "--configuration", configuration});
    if (!router) return std::unexpected{std::move(router).error()};
    made.router_id = *std::move(router);
    return made;
}

}  // namespace vivi::lab
