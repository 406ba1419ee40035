// Identity, tunnel, embedded API and health of openvivi-embedded, put together.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/daemon.hpp"

#include <boost/asio/thread_pool.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/http/server.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/ssh/keys.hpp"
#include "router/openvivi-embedded/api.hpp"
#include "router/openvivi-embedded/custody.hpp"
#include "router/openvivi-embedded/hub_notes.hpp"
#include "router/openvivi-embedded/install_program.hpp"
#include "router/openvivi-embedded/local_site.hpp"
#include "router/openvivi-embedded/system.hpp"
#include "router/openvivi-embedded/tunnel.hpp"

namespace vivi::openvivi_embedded {
namespace {

const std::vector<Setting> settings{
    {"health.socket", std::string{"/run/vivi/openvivi-embedded.health"}, "Unix socket of the health document."},
    {"hub.addresses", std::vector<std::string>{"hub.vivi.lan:2222"}, "Hubs, host:port, tried in this order."},
    {"hub.host_keys.file", std::string{"/etc/vivi/hub_host_keys"}, "Public keys of the hub, one a line; no other is accepted."},
    {"hub.tls_port", std::int64_t{443},
     "Where SSH inside TLS is tried when the port of hub.addresses does not answer; 0: never."},
    {"hub.tls_authorities.file", std::string{}, "PEM of those who may vouch for the hub's certificate; empty: the system's."},
    {"hub.tls_pins", std::vector<std::string>{},
     "Keys of the hub's certificate (sha256:…), current and next; when given, nobody else vouches for it."},
    {"identity.file", std::string{"/var/lib/vivi/identity"}, "The router's private key (OpenSSH, mode 0600); made when absent."},
    {"sync.socket", std::string{"/run/vivi/sync.sock"}, "Unix socket of bridged, joined to the hub's sync channels."},
    {"api.socket", std::string{"/run/vivi/api.sock"}, "Unix socket of the embedded API, joined to the hub's api channels."},
    {"dial.socket", std::string{"/run/vivi/dial.sock"},
     "Unix socket: whoever connects asks for another connection; empty: none."},
    {"claim_code.file", std::string{"/run/vivi/claim-code.json"},
     "The code somebody claims this router with, while nobody has it."},
    {"return.file", std::string{"/var/lib/vivi/return.json"}, "The wish to return this router; bridged carries it out."},
    {"receipt.file", std::string{"/var/lib/vivi/receipt.json"}, "What bridged wiped, until the server has read it."},
    {"boot_id.file", std::string{"/proc/sys/kernel/random/boot_id"}, "Says which boot of the kernel this is."},
    {"commands.keys", std::vector<std::string>{},
     "Public keys that sign commands (ed25519:…), current and next; none: no commands."},
    {"commands.folder", std::string{"/var/lib/vivi/commands"}, "Where the outcome of each command is kept."},
    {"custody.file", std::string{"/var/lib/vivi/last-good.json"}, "JSON with the custody this router is in; bridged writes it."},
    {"release.keys", std::vector<std::string>{},
     "Public keys that sign releases (ed25519:…), current and next; none: no updates."},
    {"update.folder", std::string{"/var/lib/vivi/update"}, "Where a bundle of software is spooled for vivi-install."},
    {"update.root", std::string{"/opt/vivi"}, "Where vivi-install puts the versions, and says what became of a bundle."},
    {"pin.file", std::string{"/etc/vivi/pin"},
     "The hash of the PIN printed on the box; absent: nothing can be changed at the router."},
    {"local.file", std::string{"/var/lib/vivi/local.json"}, "What was decided at the router itself; bridged reads it."},
    {"local.confirm_seconds", std::int64_t{180},
     "Within so many seconds an uplink that was set at the router must prove itself, or it is taken back."},
    {"policy.folder", std::string{"/var/lib/vivi/policy"}, "Where bridged keeps the compiled policy: which rule blocks a name."},
    {"probe.url", std::string{"http://connectivity-check.ubuntu.com/"}, "Answers 204 to whoever is not held by a sign-in page."},
    {"page.address", std::string{"0.0.0.0"}, "Where the local page and the page of blocked names are served; empty: nowhere."},
    {"page.port", std::int64_t{80}, "The TCP port of that."},
    {"tunnel.keepalive_seconds", std::int64_t{15}, "A silent hub is asked for a sign of life after so many seconds."},
    {"tunnel.dead_seconds", std::int64_t{45}, "A hub that was silent for so many seconds is given up."},
    {"tunnel.reach_seconds", std::int64_t{10}, "A step of connecting (TCP, TLS, SSH) that takes longer is given up."},
    {"tunnel.backoff_first_ms", std::int64_t{1000}, "Longest wait before the first new try, in milliseconds; it doubles."},
    {"tunnel.backoff_most_ms", std::int64_t{60'000}, "Longest wait between tries, in milliseconds."},
};

Status check(const Settings& given) {
    if (given.list("hub.addresses").empty()) return failed(Code::Invalid, "hub.addresses: must name at least one hub");
    for (const auto& text : given.list("hub.addresses")) {
        if (const auto address = ssh::parse_address(text); !address)
            return failed(Code::Invalid, "hub.addresses: " + address.error().detail);
    }
    if (given.number("hub.tls_port") < 0 || given.number("hub.tls_port") > 65'535)
        return failed(Code::Invalid, "hub.tls_port: must be in 0..65535");
    for (const auto& text : given.list("hub.tls_pins")) {
        if (!ssh::is_pin(text))
            return failed(Code::Invalid, "hub.tls_pins: " + text + " is no sha256:… of 64 hexadecimal digits");
    }
    const auto keepalive = given.number("tunnel.keepalive_seconds");
    if (keepalive < 1 || given.number("tunnel.dead_seconds") <= keepalive || given.number("tunnel.dead_seconds") > 3600)
        return failed(Code::Invalid, "tunnel.dead_seconds: must be above tunnel.keepalive_seconds (at least 1) and at most 3600");
    if (given.number("page.port") < 1 || given.number("page.port") > 65'535)
        return failed(Code::Invalid, "page.port: must be in 1..65535");
    if (given.number("local.confirm_seconds") < 10 || given.number("local.confirm_seconds") > 3600)
        return failed(Code::Invalid, "local.confirm_seconds: must be in 10..3600");
    for (const auto& text : given.list("release.keys")) {
        if (!crypto::parse_public_key(text)) return failed(Code::Invalid, "release.keys: " + text + " is no ed25519:… key");
    }
    if (given.list("commands.keys").size() > 2)
        return failed(Code::Invalid, "commands.keys: at most the current and the next one");
    for (const auto& text : given.list("commands.keys")) {
        if (!crypto::parse_public_key(text)) return failed(Code::Invalid, "commands.keys: " + text + " is no ed25519:… key");
    }
    if (given.number("tunnel.reach_seconds") < 1 || given.number("tunnel.reach_seconds") > 60)
        return failed(Code::Invalid, "tunnel.reach_seconds: must be in 1..60");
    const auto first = given.number("tunnel.backoff_first_ms");
    if (first < 1 || given.number("tunnel.backoff_most_ms") < first)
        return failed(Code::Invalid, "tunnel.backoff_most_ms: must not be under tunnel.backoff_first_ms (at least 1)");
    return {};
}

ssh::PrivateKey identity(const Settings& given) {
    const auto& path = given.text("identity.file");
    auto key = ssh::load_or_generate(path);
    if (!key) throw Fatal{key.error(), Exit::Configuration};
    const auto print = ssh::fingerprint(key->public_key());
    log::info("identity.ready", {{"fingerprint", print}, {"file", path}});
    if (const auto written = ssh::write_line(path + ".fingerprint", print); !written)
        log::warn("identity.unpublished", {{"reason", written.error().detail}});
    return *std::move(key);
}

std::vector<crypto::PublicKey> keys_of(const Settings& given, std::string_view key) {
    std::vector<crypto::PublicKey> keys;
    for (const auto& text : given.list(key)) keys.push_back(*crypto::parse_public_key(text));
    return keys;
}

std::vector<ssh::Address> hubs(const Settings& given) {
    std::vector<ssh::Address> addresses;
    for (const auto& text : given.list("hub.addresses")) addresses.push_back(*ssh::parse_address(text));
    return addresses;
}

/// The tunnel must live whether or not the page can be served: a taken port is said, and tried again. Ends by cancellation.
Task<> serve_page(std::string address, std::uint16_t port, LocalSite& page) {
    const http::Site site{.handle = [&page](http::Request request) { return page.handle(std::move(request)); },
                          .limits = {.body_bytes = 8 * 1024, .idle_timeout = Seconds{10}, .connections = 500}};
    for (;;) {
        std::string reason;
        try {
            if (!address.empty()) co_await http::serve_tcp(address, port, site);
        } catch (const Fatal& fatal) {
            reason = fatal.what();
        }
        if (!reason.empty()) log::warn("page.unavailable", {{"reason", reason}});
        co_await after(Milliseconds{30'000});
    }
}

Task<http::Response> answer(HubNotes& notes, Api& api, http::Request request) {
    if (auto noted = notes.answer(request)) co_return *std::move(noted);
    co_return co_await api.handle(std::move(request));
}

Task<> run(const Settings& given) {
    // A resolver that does not answer must not hold the process beyond its 5 s to end: getaddrinfo cannot be cancelled.
    ::setenv("RES_OPTIONS", "timeout:1 attempts:2", 0);
    const auto key = identity(given);
    auto hub_keys = ssh::load_public_keys(given.text("hub.host_keys.file"));
    if (!hub_keys) throw Fatal{hub_keys.error(), Exit::Configuration};

    SystemMonitor system{given.text("boot_id.file")};
    Tunnel tunnel{
        co_await net::this_coro::executor,
        key,
        {.hubs = hubs(given),
         .hub_keys = *std::move(hub_keys),
         .sync_socket = given.text("sync.socket"),
         .api_socket = given.text("api.socket"),
         .dial_socket = given.text("dial.socket"),
         .liveness = {.keepalive = given.seconds("tunnel.keepalive_seconds"), .dead = given.seconds("tunnel.dead_seconds")},
         .backoff_first = given.milliseconds("tunnel.backoff_first_ms"),
         .backoff_most = given.milliseconds("tunnel.backoff_most_ms"),
         .most_reaching = given.seconds("tunnel.reach_seconds"),
         .tls_port = static_cast<std::uint16_t>(given.number("hub.tls_port")),
         .tls_trust = {.authorities_file = given.text("hub.tls_authorities.file"), .pins = given.list("hub.tls_pins")}}};
    const auto health = [&] { return health_document(tunnel.state()); };

    // D-Bus, the journal and the disk: whatever waits for others. Two, so that a bus that does not answer holds up no file.
    net::thread_pool slow{2};
    Gate gate{keys_of(given, "commands.keys")};
    Custody custody{given.text("custody.file"), slow};
    const auto boot_id = system.report().boot_id;
    Commands commands{co_await net::this_coro::executor, slow, given.text("commands.folder"), boot_id};
    co_await commands.load();
    const Works works{Units{""}, slow};
    Update update{co_await net::this_coro::executor,
                  slow,
                  {.folder = given.text("update.folder"),
                   .root = given.text("update.root"),
                   .keys = keys_of(given, "release.keys"),
                   .architecture = own_architecture()}};
    if (const auto unfinished = co_await update.restore()) {
        if (!commands.resume(*unfinished, update.resumed_work())) update.abandon();
    }
    co_await commands.give_up_unresumed();
    Api api{{.health = health,
             .system = [&] { return to_json(system.report()); },
             .gate = gate,
             .commands = commands,
             .works = works,
             .update = update,
             .slow = slow},
            {.fingerprint = ssh::fingerprint(key.public_key()), .boot_id = boot_id, .custody = [&] { return custody.id(); }}};
    HubNotes notes{
        {.claim_code = given.text("claim_code.file"), .wish = given.text("return.file"), .receipt = given.text("receipt.file")}};
    const http::Site site{.handle = [&](http::Request request) { return answer(notes, api, std::move(request)); }};
    LocalSite page{{.pin = given.text("pin.file"),
                    .claim_code = given.text("claim_code.file"),
                    .wish = given.text("return.file"),
                    .changes = given.text("local.file"),
                    .last_good = given.text("custody.file"),
                    .dial = given.text("dial.socket"),
                    .probe = given.text("probe.url"),
                    .policy = given.text("policy.folder"),
                    .confirm = given.seconds("local.confirm_seconds")},
                   [&] { return tunnel.state(); },
                   [&] { return notes.is_code_fresh(now()); },
                   slow};

    notify_ready();
    co_await together(tunnel.run(), tunnel.hear_dials(), system.run(), commands.run(), page.watch_trial(),
                      http::serve_unix(given.text("api.socket"), site),
                      serve_page(given.text("page.address"), static_cast<std::uint16_t>(given.number("page.port")), page),
                      serve_health(given.text("health.socket"), health));
}

}  // namespace

Program program() {
    return {.name = "openvivi-embedded",
            .purpose = "Keeps the router within reach of its hub over SSH and serves the embedded API.",
            .settings = settings,
            .check = check,
            .run = run};
}

}  // namespace vivi::openvivi_embedded
