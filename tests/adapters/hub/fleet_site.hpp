// A hub with a simulated fleet: real programs, real tunnels, one process for all routers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/adapters/hub/site.hpp"

namespace vivi::test {

class FleetSite : public HubSite {
public:
    /// `more`: lines of the fleet's settings.
    void configure_fleet(int count, const std::string& more) {
        std::ofstream{folder / "fleet.toml"} << "health.socket = \"" << (folder / "fleet.health")
                                             << "\"\nhub.address = \"127.0.0.1:" << port << "\"\nhub.host_keys.file = \""
                                             << (folder / "hub_keys") << "\"\nfleet.count = " << count << "\nfleet.keys = \""
                                             << (folder / "keys")
                                             << "\"\nfleet.from = \"127.1.0.0/16\"\ntunnel.backoff_first_ms = 100\n"
                                                "tunnel.backoff_most_ms = 1000\n"
                                             << more << "\n";
    }
    void start_fleet() {
        fleet.emplace(
            Launch{.command = {VIVI_BIN "/vivi-sim-fleet", "--config", folder / "fleet.toml"}, .output = folder / "fleet.log"});
    }
    /// The fleet makes its keys as it starts; then they are accepted, all at once.
    void register_fleet(int count) {
        until("the keys", [&] { return lines_of(folder / "keys/fingerprints") == count; });
        organisation = *db::create_organisation(services->postgres.owner_url(), "Fleet " + name);
        std::ostringstream lines;
        lines << std::ifstream{folder / "keys/fingerprints"}.rdbuf();
        const auto registered = db::register_routers(
            services->postgres.owner_url(), {.lines = lines.str(), .organisation = organisation, .configuration = configuration});
        ASSERT_TRUE(registered) << registered.error().detail;
    }
    std::int64_t fleet_says(const char* member) const { return health_of("fleet.health").value(member, std::int64_t{-1}); }

    std::optional<Child> fleet{};

private:
    static int lines_of(const std::string& path) {
        std::ifstream file{path};
        return static_cast<int>(std::count(std::istreambuf_iterator<char>{file}, {}, '\n'));
    }
};

}  // namespace vivi::test
