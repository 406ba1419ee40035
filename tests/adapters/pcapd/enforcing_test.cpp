// Real clients that visit what the policy denies: bridged hears of it within a second, in TLS, in QUIC, and in the middle of a
// download. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/adapters/pcapd/daemon.hpp"
#include "tests/common/wire/hellos.hpp"
#include "tests/common/wire/quic_initials.hpp"

namespace vivi::pcapd {
namespace {

using std::chrono::steady_clock;
using testing::Contains;
using testing::IsEmpty;

constexpr auto promised = 1s;  ///< From the packet to the bus.
constexpr std::int64_t revision = 7;

model::Policy denying(std::string domain) {
    return {.domains = {{.domain = std::move(domain), .decision = model::Decision::Deny}}};
}

class Enforcing : public DaemonOnAWire {
protected:
    void SetUp() override {
        DaemonOnAWire::SetUp();
        wire->reach_outside();
    }
    void start_denying(const std::string& domain) {
        write_rules(denying(domain), revision);
        daemon.emplace(test::Launch{.command = {VIVI_PCAPD}, .environment = environment(), .output = folder / "log"});
        await_log("config.applied revision=7");
        await_log("policy.swapped revision=7");
    }
    void TearDown() override {
        if (!daemon) return;
        daemon->signal(SIGTERM);
        EXPECT_EQ(daemon->wait(), 0) << text_of(folder / "log");
    }
    std::string file_with(const std::string& name, BytesView bytes) const {
        std::ofstream{folder / name} << as_text(bytes);
        return folder / name;
    }
    /// Waits for the first flow that is refused, and says how long that took.
    steady_clock::duration hear_denied() {
        const auto began = steady_clock::now();
        while (denied.empty()) hear_some();
        return steady_clock::now() - began;
    }
    void hear_topic(const std::string& topic) {
        while (std::ranges::find(topics, topic) == topics.end()) hear_some();
    }
    test::Child on_device(const std::string& line) const { return test::Child{{.command = wire->on_device(line)}}; }

    std::optional<test::Child> daemon{};
};

TEST_F(Enforcing, RefusesWhatOpensslVisits) {
    start_denying("denied.example");
    const test::PrivateWire::Outside outside;
    const auto allowed = on_device("openssl s_client -connect 198.51.100.1:443 -servername www.allowed.example");
    while (!names.contains("sni www.allowed.example")) hear_some();
    EXPECT_THAT(denied, IsEmpty());

    const auto visitor = on_device("openssl s_client -connect 198.51.100.1:443 -servername www.denied.example");
    EXPECT_LT(hear_denied(), promised);
    const auto& flow = denied.front();
    EXPECT_EQ(flow.device, *parse_mac("02:00:00:00:00:01"));
    EXPECT_EQ(flow.protocol, 6);
    EXPECT_EQ(to_address_string(flow.local), "10.66.0.50");
    EXPECT_EQ(to_address_string(flow.remote), "198.51.100.1");
    EXPECT_EQ(flow.remote_port, 443);
    EXPECT_EQ(flow.name, "www.denied.example");
    EXPECT_EQ(flow.source, model::NameSource::Sni);
    EXPECT_THAT(flow.rule, testing::HasSubstr("denied.example"));

    while (hits.empty()) hear_some();
    EXPECT_EQ(hits.front().by, "pcapd");
    EXPECT_EQ(hits.front().revision, revision);
    ASSERT_THAT(hits.front().rows, testing::SizeIs(1));
    EXPECT_EQ(hits.front().rows[0].name, "www.denied.example");
    EXPECT_EQ(hits.front().rows[0].hits, 1U);
    EXPECT_EQ(*numbers.rbegin(), numbers.size()) << "refused flows leave no hole in the numbers that bridged keeps";
}

TEST_F(Enforcing, RefusesAPostQuantumHelloInSegments) {
    start_denying("shop.example.com");
    const test::PrivateWire::Outside outside;
    const auto hello = file_with("hello", test::bytes_of(test::chromium_hello));
    const auto visitor = on_device("socat -u -b1000 OPEN:" + hello + " TCP:198.51.100.1:443,nodelay");
    EXPECT_LT(hear_denied(), promised);
    EXPECT_EQ(denied.front().name, "shop.example.com");
}

TEST_F(Enforcing, RefusesQuic) {
    start_denying("example.org");
    const auto message = test::message_of(test::openssl_tls13_hello);
    const auto half = message.size() / 2;
    const auto first =
        file_with("first", test::initial_packet({.frames = test::crypto_frame(message, half, message.size() - half)}));
    const auto second = file_with("second", test::initial_packet({.number = 1, .frames = test::crypto_frame(message, 0, half)}));
    const auto sending = [](const std::string& file) {
        return "socat -u -b1400 OPEN:" + file + " UDP4:198.51.100.1:443,sourceport=50000";
    };
    test::run_to_end({.command = wire->on_device(sending(first))});
    test::run_to_end({.command = wire->on_device(sending(second))});
    EXPECT_LT(hear_denied(), promised);
    EXPECT_EQ(denied.front().protocol, 17);
    EXPECT_EQ(denied.front().local_port, 50'000);
    EXPECT_EQ(denied.front().name, "www.example.org");
    EXPECT_EQ(denied.front().source, model::NameSource::Quic);
}

TEST_F(Enforcing, CutsWhatRunsWhenItsNameIsDenied) {
    start_denying("other.example");
    const test::PrivateWire::Outside outside;
    const auto hello = file_with("hello", test::bytes_of(test::openssl_tls13_hello));
    auto upload = wire->on_device("sh -c");
    upload.push_back("(cat " + hello +
                     "; while head -c 1000 /dev/zero; do sleep 0.02; done) | socat -u STDIN TCP:198.51.100.1:443");
    const test::Child visitor{{.command = upload}};
    while (!names.contains("sni www.example.org")) hear_some();
    EXPECT_THAT(denied, IsEmpty());

    bus::RabbitmqPublisher bridged{loop.executor(), {broker->url(), "vivi.events"}};
    test::await("the publisher", [&] { return bridged.connected(); });
    write_rules(denying("example.org"), revision);  // Another moment of the same revision's schedules.
    std::vector<bus::Message> messages{{"policy.changed", R"({"v":1,"at":1,"from":{"instance":"b","number":1},"revision":7})"}};
    ASSERT_TRUE(loop.run(bridged.publish(std::move(messages))));
    EXPECT_LT(hear_denied(), promised);
    EXPECT_EQ(denied.front().name, "www.example.org");
    while (denied.size() < 2) hear_some();
    EXPECT_EQ(denied[1], denied[0]) << "said again, as it goes on";
}

TEST_F(Enforcing, AppliesARevisionWhenItHasItsRules) {
    write_rules({}, revision - 1);
    daemon.emplace(test::Launch{.command = {VIVI_PCAPD}, .environment = environment(), .output = folder / "log"});
    await_log("policy.swapped revision=6");
    await_log("capture.started");
    wire->device_sends(1'000);
    hear_topic("traffic.batch");
    EXPECT_THAT(topics, testing::Not(Contains("config.applied")));
    write_rules({}, revision);
    hear_topic("config.applied");
    EXPECT_THAT(topics, testing::Not(Contains("config.failed"))) << "an interface that was not tried yet is no failure";
}

TEST_F(Enforcing, KeepsTheRulesBeforeWhenTheNewOnesAreDamaged) {
    start_denying("denied.example");
    ASSERT_TRUE(state::replace_file(state::PolicyFolder{folder.path()}.rules(), as_bytes("not rules")));
    await_log("policy.unreadable");
    hear_topic("config.failed");
    const test::PrivateWire::Outside outside;
    const auto visitor = on_device("openssl s_client -connect 198.51.100.1:443 -servername www.denied.example");
    hear_denied();
    EXPECT_EQ(denied.front().name, "www.denied.example");
    write_rules(denying("denied.example"), revision);
    await_log("policy.swapped revision=7 names=0\n");
}

TEST_F(Enforcing, SaysWhoElseAnnouncesARouter) {
    start_denying("denied.example");
    // Ethernet to ff02::1, IPv6 with hop limit 255, RFC 4861 section 4.2.
    const auto frame = file_with("frame", test::bytes_of("333300000001 020000000001 86dd 60000000 0010 3a ff"
                                                         "fe800000000000000000000000000001 ff020000000000000000000000000001"
                                                         "86001234 40000708 00000000 00000000"));
    const auto announce = wire->on_device("socat -u OPEN:" + frame + " INTERFACE:dev0");
    test::run_to_end({.command = announce});
    test::run_to_end({.command = announce});
    while (announcements.empty()) hear_some();
    EXPECT_EQ(announcements.front().interface, "lan0");
    EXPECT_EQ(announcements.front().device, *parse_mac("02:00:00:00:00:01"));
    EXPECT_EQ(announcements.front().router, *parse_ipv6("fe80::1"));
    test::await("both frames to be counted", [&] { return health()["counted"]["bytes_up"] == 112; });
    EXPECT_EQ(health()["foreign_announcements"], 1) << "once a minute";
}

}  // namespace
}  // namespace vivi::pcapd
