// Settings of vivi-install, and the real services and health behind the installer.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/install_program.hpp"

#include <boost/asio/thread_pool.hpp>
#include <thread>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/openvivi-embedded/install_health.hpp"
#include "router/openvivi-embedded/installer.hpp"
#include "router/openvivi-embedded/units.hpp"

namespace vivi::openvivi_embedded {
namespace {

const std::vector<Setting> settings{
    {"install.root", std::string{"/opt/vivi"}, "Where the versions are; the link `current` leads to the one that runs."},
    {"install.spool", std::string{"/var/lib/vivi/update"},
     "Where openvivi-embedded puts a bundle, and `ready` when it is whole."},
    {"install.daemons", std::vector<std::string>{"bridged", "dhcpd", "dnsd", "pcapd", "openvivi-embedded"},
     "Restarted after the switch, in this order, and asked whether they are well."},
    {"install.sockets", std::string{"/run/vivi"}, "The folder of their health sockets."},
    {"install.confirm_seconds", std::int64_t{180}, "Within so many seconds the router must be well, or it goes back."},
    {"release.keys", std::vector<std::string>{},
     "Public keys that sign releases (ed25519:…), current and next; none: no updates."},
};

std::vector<crypto::PublicKey> keys_of(const Settings& given) {
    std::vector<crypto::PublicKey> keys;
    for (const auto& text : given.list("release.keys")) {
        if (const auto key = crypto::parse_public_key(text)) keys.push_back(*key);
    }
    return keys;
}

Status check(const Settings& given) {
    if (keys_of(given).size() != given.list("release.keys").size())
        return failed(Code::Invalid, "release.keys: must be ed25519:… keys");
    if (given.number("install.confirm_seconds") < 1 || given.number("install.confirm_seconds") > 3600)
        return failed(Code::Invalid, "install.confirm_seconds: must be in 1..3600");
    return {};
}

constexpr Seconds most_ending{20};  // Each unit has TimeoutStopSec=5.
constexpr Milliseconds between_looks{100};

std::string unit_of(const std::string& daemon) { return "vivi-" + daemon + ".service"; }

/// Until none of the processes of before is left, so that whoever answers is of the version that is in force now.
Status await_ends(const Units& units, const std::vector<UnitState>& before) {
    const auto began = now();
    for (const auto& unit : before) {
        while (unit.pid != 0) {
            const auto state = units.state(unit.service, unit_of(unit.service));
            if (state && state->pid != unit.pid) break;
            if (now() - began >= most_ending) return failed(Code::Timeout, unit.service + " of the version before does not end");
            std::this_thread::sleep_for(between_looks);
        }
    }
    return {};
}

Status restart_all(const std::vector<std::string>& daemons) {
    const Units units{""};
    std::vector<UnitState> before;
    for (const auto& daemon : daemons) {
        auto state = units.state(daemon, unit_of(daemon));
        // A router may run without one of them (bridged's config.reporters): a unit that is not there is none to restart.
        const auto queued = units.queue(UnitVerb::Restart, unit_of(daemon));
        if (!queued && queued.error().code != Code::NotFound) return queued;
        if (queued && state) before.push_back(*std::move(state));
    }
    return await_ends(units, before);
}

Status await_health(const std::vector<std::string>& daemons, const std::string& sockets, Seconds most) {
    const auto began = now();
    std::string missing;
    do {
        HealthDocuments documents;
        for (const auto& daemon : daemons) documents[daemon] = read_health(sockets + '/' + daemon + ".health");
        missing = missing_health(documents, std::chrono::duration_cast<Seconds>(now() - began) + Seconds{10});
        if (missing.empty()) return {};
        std::this_thread::sleep_for(Seconds{1});
    } while (now() - began < most);
    return failed(Code::Timeout, missing);
}

Task<> run(const Settings& given) {
    const auto daemons = given.list("install.daemons");
    const auto sockets = given.text("install.sockets");
    const auto most = given.seconds("install.confirm_seconds");
    Installer installer{{.root = given.text("install.root"), .spool = given.text("install.spool")},
                        {.restart = [daemons] { return restart_all(daemons); },
                         .await_health = [daemons, sockets, most] { return await_health(daemons, sockets, most); },
                         .now = wall_now},
                        keys_of(given),
                        own_architecture()};
    net::thread_pool worker{1};
    const auto done = co_await blocking(worker, [&] { return installer.run(); });
    if (!done) throw Fatal{done.error()};
}

}  // namespace

std::string own_architecture() {
#if defined(__aarch64__)
    return "arm64";
#elif defined(__x86_64__)
    return "amd64";
#else
#error "an architecture that releases are not made for"
#endif
}

Program install_program() {
    return {.name = "install",
            .purpose =
                "Installs a signed bundle that openvivi-embedded received, and goes back by itself when the router is not well "
                "with it.",
            .settings = settings,
            .check = check,
            .run = run};
}

}  // namespace vivi::openvivi_embedded
