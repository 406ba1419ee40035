// The enforcer with a clock of the test's, a real kernel (in a namespace) and a real Redis.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/enforcer.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "common/core/crypto.hpp"
#include "common/model/lease.hpp"
#include "common/runtime/clock.hpp"
#include "common/store/redis.hpp"
#include "router/dhcpd/standings.hpp"
#include "router/firewall/kernel.hpp"
#include "router/firewall/memory.hpp"
#include "tests/adapters/firewall/small_venue.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::bridged {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};
constexpr WallTime evening{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{21}};

class PassedTime final : public TimeSource {
public:
    WallTime now() const override { return at; }
    bool is_synchronised() const override { return is_set; }
    WallTime at = evening;
    bool is_set = true;
};

/// The phone is banned from 23:59 to 06:00 by the clock of Paris, an hour ahead of UTC in November.
model::Configuration nightly(std::int64_t revision = 1) {
    model::Configuration configuration{.revision = revision};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink.interface = "uplink0";
    configuration.policy.time_zone = "Europe/Paris";
    configuration.policy.schedules.push_back(
        {.name = "night", .windows = {{.from = std::chrono::hours{24} - std::chrono::minutes{1}, .to = std::chrono::hours{6}}}});
    configuration.policy.devices.push_back({.device = phone, .schedule = "night"});
    return configuration;
}
constexpr WallTime begins = evening + std::chrono::hours{1} + std::chrono::minutes{59}, ends = evening + std::chrono::hours{8};

class EnforcerTest : public testing::Test {
protected:
    void make(firewall::Firewall& firewall) {
        enforcer.emplace(loop.executor(), Enforcer::Ports{.firewall = firewall, .cutter = cutter, .state = store, .time = time},
                         Enforcer::Options{.images = {.folder = {folder / "policy"}},
                                           .trust = ClockTrust::Synchronised,
                                           .ruleset_file = folder / "last-good.nft",
                                           .time_file = folder / "clock"});
        enforcer->on_moment([this] { ++moments; });
        enforcer->on_kernel([this](const Status& outcome) { kernel = outcome; });
    }
    void run(Task<> script) { loop.run(together(enforcer->follow(), std::move(script)), 60s); }
    Task<> until(std::string what, std::function<bool()> is_true) {
        const auto deadline = now() + 20s;
        while (!is_true()) {
            if (now() > deadline) throw std::runtime_error{"not in time: " + what};
            co_await after(10ms);
        }
    }
    Task<> at(WallTime moment) {
        time.at = moment;
        enforcer->wake().notify();
        co_return;
    }
    policy::Standing standing() const {
        const auto policy = state::MappedPolicy::open({folder / "policy"});
        if (!policy) throw std::runtime_error{policy.error().detail};
        return (*policy)->engine().subject(phone).standing;
    }
    std::string text_of(const std::string& name) const {
        std::ifstream file{folder / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    test::TempFolder folder{};
    test::PrivateRedis redis{};
    test::Loop loop{};
    store::Redis store{loop.executor(), {.url = redis.url()}};
    PassedTime time{};
    firewall::Memory cutter{};
    std::optional<Enforcer> enforcer{};
    int moments = 0;
    Status kernel{};
};

TEST_F(EnforcerTest, AScheduleBeginsAndEndsInTheKernelAndInTheFiles) {
    if (::geteuid() != 0) FAIL() << "network namespaces need root; run the adapters tests as root";
    const test::SmallVenue place;
    firewall::Kernel real;
    // The enforcer's threads are made in the router's namespace, and stay there.
    place.inside("router", [&] { make(real); });
    const auto script = [&]() -> Task<> {
        const auto applied = co_await enforcer->apply(nightly());
        if (!applied) throw std::runtime_error{applied.error().detail};
        EXPECT_EQ(standing(), policy::Standing::New);
        EXPECT_EQ(enforcer->moment().until, begins);
        dhcpd::Standings dhcp{folder / "policy/rules.bin"};
        EXPECT_TRUE(dhcp.look());
        EXPECT_FALSE(dhcp.look()) << "the same file";
        EXPECT_THAT(dhcp.of(nightly()).devices, testing::IsEmpty());
        co_await until("the file", [&] { return !text_of("last-good.nft").empty(); });
        EXPECT_THAT(text_of("last-good.nft"), Not(HasSubstr(to_string(phone))));

        co_await at(begins - 1ms);
        co_await at(begins);
        co_await until("the night", [&] { return moments == 1; });
        EXPECT_TRUE(enforcer->plan().bans.devices.contains(phone));
        EXPECT_EQ(standing(), policy::Standing::Banned);
        EXPECT_TRUE(dhcp.look());
        EXPECT_THAT(dhcp.of(nightly()).devices, testing::SizeIs(1)) << "dhcpd reads the same";
        const auto verified = co_await enforcer->verify();
        EXPECT_TRUE(verified.drift.empty()) << "the kernel has it: " << verified.drift.what.front();
        co_await until("the file", [&] { return text_of("last-good.nft").find(to_string(phone)) != std::string::npos; });
        EXPECT_EQ(enforcer->moment().until, ends);

        co_await at(ends);
        co_await until("the morning", [&] { return moments == 2; });
        EXPECT_FALSE(enforcer->plan().bans.devices.contains(phone));
        EXPECT_EQ(standing(), policy::Standing::New);
        co_await until("what the next start knows", [&] { return text_of("clock") == std::to_string(to_unix_ms(ends)) + "\n"; });
    };
    run(script());
}

TEST_F(EnforcerTest, AClockThatIsNotSetChangesNothing) {
    firewall::Memory memory;
    std::ofstream{folder / "clock"} << to_unix_ms(begins + 1h) << "\n";
    time.is_set = false;
    time.at = WallTime{1h};  // 1970: no battery.
    make(memory);
    const auto script = [&]() -> Task<> {
        EXPECT_TRUE(co_await enforcer->apply(nightly()));
        EXPECT_TRUE(enforcer->plan().bans.devices.contains(phone)) << "as it was when the power went";
        time.is_set = true;
        co_await at(ends);
        co_await until("the clock is set", [&] { return moments == 1; });
        EXPECT_FALSE(enforcer->plan().bans.devices.contains(phone));
    };
    run(script());
}

TEST_F(EnforcerTest, WhatTheKernelRefusesIsTakenBackFromTheFilesToo) {
    firewall::Memory memory;
    make(memory);
    const auto script = [&]() -> Task<> {
        EXPECT_TRUE(co_await enforcer->apply(nightly(1)));
        const auto rules = text_of("policy/rules.bin");
        memory.refuses = true;
        auto moved = nightly(2);
        moved.networks[0].address = *parse_ipv4_prefix("10.67.0.1/22");  // Chains, so the whole is loaded.
        moved.uplink.interface = "eth9";
        const auto refused = co_await enforcer->apply(moved);
        EXPECT_FALSE(refused);
        EXPECT_EQ(enforcer->revision(), 1);
        EXPECT_EQ(text_of("policy/rules.bin"), rules);
        EXPECT_FALSE(std::filesystem::exists(folder / "policy/rules.bin.before"));
        memory.refuses = false;
        EXPECT_TRUE(co_await enforcer->apply(moved));
        EXPECT_EQ(enforcer->revision(), 2);
        EXPECT_NE(text_of("policy/rules.bin"), rules);
    };
    run(script());
}

TEST_F(EnforcerTest, ABanTouchesElementsAloneAndLeavesTheCatalogue) {
    firewall::Memory memory;
    make(memory);
    const auto script = [&]() -> Task<> {
        EXPECT_TRUE(co_await enforcer->apply(nightly(1)));
        const auto catalogue = state::identify(folder / "policy/catalogue.bin");
        auto banned = nightly(2);
        banned.policy.devices.push_back({.device = {{0x02, 0, 0, 0, 0, 0x02}}});
        EXPECT_TRUE(co_await enforcer->apply(banned));
        EXPECT_EQ(memory.loads, 1);
        EXPECT_EQ(memory.changed, 1);
        EXPECT_EQ(state::identify(folder / "policy/catalogue.bin").value(), catalogue.value());
    };
    run(script());
}

TEST_F(EnforcerTest, AFullDiskRefusesARevisionButNotTheNight) {
    firewall::Memory memory;
    make(memory);
    const auto in_the_way = folder / "policy/rules.bin.new";  // Where replace_file() writes first.
    const auto script = [&]() -> Task<> {
        EXPECT_TRUE(co_await enforcer->apply(nightly(1)));
        std::filesystem::create_directory(in_the_way);
        EXPECT_FALSE(co_await enforcer->apply(nightly(2)));
        EXPECT_EQ(enforcer->revision(), 1);
        co_await at(begins);
        co_await until("the night", [&] { return enforcer->plan().bans.devices.contains(phone); });
        EXPECT_THAT(enforcer->problems(), testing::ElementsAre(HasSubstr("/policy: ")));
        EXPECT_EQ(standing(), policy::Standing::New) << "the file of before";
        std::filesystem::remove(in_the_way);
        co_await until("the disk has room", [&] { return enforcer->problems().empty(); });
        EXPECT_EQ(standing(), policy::Standing::Banned);
    };
    run(script());
}

TEST_F(EnforcerTest, ACatalogueThatCannotBeReadIsMadeAnewAtTheNextStart) {
    firewall::Memory memory;
    make(memory);
    const auto script = [&](std::int64_t revision) -> Task<> { EXPECT_TRUE(co_await enforcer->apply(nightly(revision))); };
    run(script(1));
    std::ofstream{folder / "policy/catalogue.bin"} << "of another version";
    EXPECT_FALSE(state::MappedPolicy::open({folder / "policy"}));
    make(memory);
    run(script(2));
    EXPECT_TRUE(state::MappedPolicy::open({folder / "policy"}));
}

TEST_F(EnforcerTest, AListThatComesLaterIsTakenWhenItIsThere) {
    firewall::Memory memory;
    make(memory);
    const std::string list = "listed.example.net\n";
    const auto sha256 = crypto::to_hex(crypto::sha256(as_bytes(list)));
    const auto script = [&]() -> Task<> {
        auto configuration = nightly(1);
        configuration.policy.lists.push_back({.list = "mine", .sha256 = sha256, .format = "domains"});
        EXPECT_TRUE(co_await enforcer->apply(configuration));
        EXPECT_THAT(enforcer->problems(), testing::ElementsAre("/policy/lists/0: its text is not here yet"));
        std::ofstream{folder / "policy/lists/" + sha256} << "another.example\n";
        configuration.revision = 2;
        EXPECT_TRUE(co_await enforcer->apply(configuration));
        EXPECT_THAT(enforcer->problems(), testing::SizeIs(1)) << "damaged: not what its name says";
        std::ofstream{folder / "policy/lists/" + sha256} << list;
        co_await until("found", [&] { return moments == 1; });
        EXPECT_THAT(enforcer->problems(), testing::IsEmpty());
        const auto policy = state::MappedPolicy::open({folder / "policy"});
        const auto& engine = (*policy)->engine();
        EXPECT_TRUE(engine.decide_name(engine.subject(phone), "listed.example.net").is_denied());
    };
    run(script());
}

TEST_F(EnforcerTest, LeasesBecomePairsAndABannedDevicesAddressStaysRefusedWhileItsLeaseRuns) {
    firewall::Memory memory;
    make(memory);
    const auto script = [&]() -> Task<> {
        co_await store.ready();
        const model::Lease lease{.device = phone, .address = *parse_ipv4("10.66.0.11"), .network = "lan", .duration = 1h};
        store::Command add{"HSET", "vivi:leases", "10.66.0.11", model::to_json(lease).dump()};
        EXPECT_TRUE(co_await store.run(std::move(add)));
        const auto global = *parse_address("2001:db8::11");
        memory.seen = {{.address = global, .device = phone}};
        auto configuration = nightly();
        configuration.policy.devices = {{.device = phone}};
        EXPECT_TRUE(co_await enforcer->apply(configuration));
        EXPECT_EQ(enforcer->plan().leased.at(*parse_ipv4("10.66.0.11")), phone);
        EXPECT_THAT(enforcer->plan().bans.addresses, testing::UnorderedElementsAre(to_mapped(lease.address), global))
            << "the address the neighbour table knows too";
        memory.seen.clear();
        store::Command remove{"HDEL", "vivi:leases", "10.66.0.11"};
        EXPECT_TRUE(co_await store.run(std::move(remove)));
        enforcer->wake().notify();
        co_await until("its lease ended", [&] { return enforcer->plan().bans.addresses.empty(); });
        EXPECT_TRUE(enforcer->plan().bans.devices.contains(phone));
    };
    run(script());
}

TEST_F(EnforcerTest, DnsdGoneIsAnotherPlan) {
    firewall::Memory memory;
    make(memory);
    const auto script = [&]() -> Task<> {
        EXPECT_TRUE(co_await enforcer->apply(nightly()));
        enforcer->set_dns(firewall::DnsState::Fallback);
        co_await until("fallback", [&] { return enforcer->plan().dns == firewall::DnsState::Fallback; });
        EXPECT_TRUE(memory.forgotten.dns) << "who asked dnsd is not answered by its connection";
        enforcer->set_dns(firewall::DnsState::Normal);
        co_await until("normal", [&] { return enforcer->plan().dns == firewall::DnsState::Normal; });
    };
    run(script());
}

}  // namespace
}  // namespace vivi::bridged
