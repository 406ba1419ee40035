// A real bridge on a router of namespaces: guests, uplink and kernel of its own, the services reached through doors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/adapters/bridged/bridge_fixture.hpp"
#include "tests/adapters/bridged/namespace_door.hpp"

namespace vivi::test {

using nlohmann::json;

inline constexpr std::uint16_t web = 80;
inline constexpr auto phone = "02:00:00:00:00:01", laptop = "02:00:00:00:00:02";

inline json router_document(std::int64_t revision, json policy = json::object()) {
    return {{"v", 1},
            {"revision", revision},
            {"networks", {{{"name", "lan"}, {"interface", "br-lan"}, {"address", "10.66.0.1/22"}}}},
            {"uplink", {{"interface", "uplink0"}}},
            {"policy", std::move(policy)}};
}

class OnRouter : public Bridge {
protected:
    void SetUp() override {
        if (::geteuid() != 0) FAIL() << "network namespaces need root; run the adapters tests as root";
        place = std::make_unique<SmallVenue>();
        in_router("ip link set lo up");
        server = place->listen("internet", SOCK_STREAM, web);
        door = std::make_unique<NamespaceDoor>(loop.executor(), *place, "router", broker->port());
    }
    void start_on_router(const std::string& more = {}, std::vector<std::string> as = {}) {
        std::vector<std::string> prefix{"/usr/sbin/ip", "netns", "exec", place->full("router")};
        prefix.insert(prefix.end(), as.begin(), as.end());
        start(std::move(prefix),
              {.bus = broker->url(), .state = "unix://" + state.unix_socket(), .stream = "unix://" + stream.unix_socket()}, more);
    }
    void run(Task<> script, Milliseconds most = 90s) { loop.run(together(hub.serve(), door->run(), std::move(script)), most); }

    /// What a command prints in the router's namespace.
    std::string in_router(const std::string& command) const {
        const TempFolder here;
        run_to_end({.command = {"/usr/sbin/ip", "netns", "exec", place->full("router"), "/bin/sh", "-ec", command},
                    .output = here / "out"});
        std::ifstream file{here / "out"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    Task<> until_enforced(std::int64_t revision) {
        co_await until("revision " + std::to_string(revision), [this, revision] {
            const auto now_in_force = health();
            return now_in_force.contains("revision") && now_in_force["revision"] == revision;
        });
    }
    std::optional<Download> download(const std::string& guest) {
        auto client = place->connect(guest, "192.0.2.1", web);
        if (!client || !server.is_ready(POLLIN, 1s)) return std::nullopt;
        return Download{*std::move(client), Socket{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)}};
    }
    std::size_t count_state(const std::string& topic, const std::string& name) const {
        std::size_t found = 0;
        for (const auto& entry : hub.of(topic)) found += json::parse(entry.body)["state"] == name ? 1U : 0U;
        return found;
    }
    std::string text_of(const std::string& name) const {
        std::ifstream file{folder / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    std::unique_ptr<SmallVenue> place{};
    Socket server{};
    std::unique_ptr<NamespaceDoor> door{};
};

}  // namespace vivi::test
