// The hub with a simulated fleet: memory per connected router, and how long until all are back after it was killed.
// SPDX-License-Identifier: Apache-2.0
//
//   hub_bench [ROUTERS]      2000 unless given
//
// Hub, fleet, PostgreSQL, RabbitMQ and Redis share this machine; every router has an address of its own in 127.1.0.0/16, a real
// key, a real tunnel and a real sync session.
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "common/runtime/clock.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/ssh/keys.hpp"
#include "server/db/administration.hpp"
#include "tests/adapters/child.hpp"
#include "tests/adapters/services.hpp"

namespace {

using namespace vivi;

constexpr double most_kilobytes = 100, most_seconds = 120;

void say(const std::string& measure, double value, const char* unit, double target) {
    std::cout << nlohmann::json{{"measure", measure}, {"value", value},   {"unit", unit},
                                {"peer", nullptr},    {"target", target}, {"met", value <= target}}
                     .dump()
              << std::endl;
}

nlohmann::json health_of(const std::string& path) {
    net::io_context context;
    UnixSocket connection{context};
    std::string text;
    boost::system::error_code error;
    connection.connect(UnixSocket::endpoint_type{path}, error);
    if (!error) net::read(connection, net::dynamic_buffer(text), error);
    const auto document = nlohmann::json::parse(text, nullptr, false);
    return document.is_object() ? document : nlohmann::json::object();
}

double resident_kilobytes(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6));
    return 0;
}

class Site {
public:
    explicit Site(int routers) : count_{routers} {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        if (const auto migrated = db::migrate(postgres_.owner_url()); !migrated)
            throw std::runtime_error{migrated.error().detail};
        const auto key = *ssh::PrivateKey::generate();
        if (!key.save(folder_ / "hub_key") || !ssh::write_line(folder_ / "hub_keys", ssh::to_line(key.public_key())))
            throw std::runtime_error{"no host key"};
        std::ofstream{folder_ / "hub.toml"} << "health.socket = \"" << (folder_ / "hub.health") << "\"\nhost_key.file = \""
                                            << (folder_ / "hub_key")
                                            << "\"\nlisten.address = \"127.0.0.1\"\nlisten.port = " << port_
                                            << "\ndatabase.url = \"" << postgres_.url("vivi_hub") << "\"\nbus.url = \""
                                            << rabbitmq_.url() << "\"\nredis.url = \"" << redis_.url()
                                            << "\"\nlog.level = \"warn\"\n";
        std::ofstream{folder_ / "fleet.toml"}
            << "health.socket = \"" << (folder_ / "fleet.health") << "\"\nhub.address = \"127.0.0.1:" << port_
            << "\"\nhub.host_keys.file = \"" << (folder_ / "hub_keys") << "\"\nfleet.count = " << count_
            << "\nfleet.devices = 1\nfleet.keys = \"" << (folder_ / "keys")
            << "\"\nfleet.from = \"127.1.0.0/16\"\ntraffic.tick_ms = 60000\nlog.level = \"warn\"\n";
    }
    void start_hub() {
        hub_.emplace(test::Launch{.command = {VIVI_BIN "/vivi-openvivi", "--config", folder_ / "hub.toml"},
                                  .output = folder_ / "hub.log"});
    }
    void kill_hub() { hub_.reset(); }
    void start_fleet() {
        fleet_.emplace(test::Launch{.command = {VIVI_BIN "/vivi-sim-fleet", "--config", folder_ / "fleet.toml"},
                                    .output = folder_ / "fleet.log"});
        test::await("the fleet", [&] { return !health_of(folder_ / "fleet.health").empty(); }, Milliseconds{300'000});
        std::ostringstream lines;
        lines << std::ifstream{folder_ / "keys/fingerprints"}.rdbuf();
        const auto organisation = db::create_organisation(postgres_.owner_url(), "fleet");
        const auto known = db::register_routers(
            postgres_.owner_url(),
            {.lines = lines.str(),
             .organisation = *organisation,
             .configuration = R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],)"
                              R"("uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})"});
        if (!known) throw std::runtime_error{known.error().detail};
    }
    void until_complete() {
        test::await(
            "everybody", [&] { return health_of(folder_ / "fleet.health").value("streams", 0) == count_; },
            Milliseconds{600'000});
    }
    void until_gone() {
        test::await(
            "nobody", [&] { return health_of(folder_ / "fleet.health").value("streams", 1) == 0; }, Milliseconds{120'000});
    }
    void until_hub_serves() {
        test::await("the hub", [&] { return !health_of(folder_ / "hub.health").empty(); }, Milliseconds{60'000});
    }
    double hub_kilobytes() const { return resident_kilobytes(hub_->pid()); }

private:
    int count_;
    test::TempFolder folder_{};
    test::PrivatePostgres postgres_{};
    test::PrivateRabbitmq rabbitmq_{};
    test::PrivateRedis redis_{};
    std::uint16_t port_ = test::free_port();
    std::optional<test::Child> hub_{}, fleet_{};
};

}  // namespace

int main(int argc, char** argv) {
    const int routers = argc > 1 ? std::atoi(argv[1]) : 2000;
    if (routers < 1) return 64;
    Site site{routers};
    site.start_hub();
    site.until_hub_serves();
    const auto alone = site.hub_kilobytes();
    site.start_fleet();
    site.until_complete();
    say("hub: memory per connected router, " + std::to_string(routers) + " of them", (site.hub_kilobytes() - alone) / routers,
        "kB", most_kilobytes);
    site.kill_hub();
    site.until_gone();
    const auto began = now();
    site.start_hub();
    site.until_complete();
    say("hub: all of " + std::to_string(routers) + " routers back after it was killed",
        std::chrono::duration<double>(now() - began).count(), "s", most_seconds);
    return 0;
}
