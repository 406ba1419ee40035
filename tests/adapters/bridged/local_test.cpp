// What was decided at the router itself lies over the server's document, with everything else away, and ends.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

class DecidedAtTheRouter : public Bridge {
protected:
    DecidedAtTheRouter() {
        std::ofstream{folder / "last-good.json"}
            << R"({"v":1,"revision":7,"custody":"","networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],)"
               R"("uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";
    }
    void start_alone() {
        const auto nobody = std::to_string(free_port());
        start({},
              {.bus = "amqp://guest:guest@127.0.0.1:" + nobody + "/",
               .state = "redis://127.0.0.1:" + nobody + "/0",
               .stream = "redis://127.0.0.1:" + nobody + "/0"},
              "firewall.enable = false\nforwarding.enable = false\nlocal.file = \"" + (folder / "local.json") + "\"\n");
    }
    /// As openvivi-embedded does: whole.
    void decide(const std::string& document) {
        std::ofstream{folder / "local.json.new"} << document;
        std::filesystem::rename(folder / "local.json.new", folder / "local.json");
    }
    static std::string ban(WallTime until) {
        return R"({"v":1,"devices":[{"device":"02:00:00:00:00:01","decision":"deny","until":)" +
               std::to_string(to_unix_ms(until)) + "}]}";
    }
    Task<> until_bans(std::size_t count) {
        co_await until(std::to_string(count) + " bans", [this, count] {
            const auto document = health();
            return document.contains("bans") && document["bans"]["devices"] == count;
        });
    }
};

TEST_F(DecidedAtTheRouter, ABanHoldsAtOnceAndEndsByItself) {
    start_alone();
    loop.run(until_bans(0), 60s);
    decide(ban(wall_now() + Seconds{3'600}));
    loop.run(until_bans(1), 60s);
    EXPECT_THAT(health()["unenforced"].dump(), testing::HasSubstr("decided at the router")) << "the dashboard shows it as drift";
    decide(ban(wall_now() + Seconds{2}));
    loop.run(until_bans(0), 60s);
    EXPECT_EQ(health()["revision"], 7) << "the revision stays the server's";
}

TEST_F(DecidedAtTheRouter, HoldsAfterARestartToo) {
    decide(ban(wall_now() + Seconds{3'600}));
    start_alone();
    loop.run(until_bans(1), 60s);
    kill_bridged();
    start_alone();
    loop.run(until_bans(1), 60s);
}

TEST_F(DecidedAtTheRouter, WhatIsNoDecisionChangesNothing) {
    decide("{");
    start_alone();
    loop.run(until_bans(0), 60s);
    decide(ban(wall_now() + Seconds{3'600}));
    loop.run(until_bans(1), 60s);
    std::filesystem::remove(folder / "local.json");
    loop.run(until_bans(0), 60s);
}

}  // namespace
}  // namespace vivi::test
