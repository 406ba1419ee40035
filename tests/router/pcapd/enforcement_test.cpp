// The policy at work on flows: who is refused, when it is said, and what a new policy means for what runs already.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/common/wire/quic_initials.hpp"
#include "tests/router/pcapd/lan.hpp"

namespace vivi::pcapd {
namespace {

using namespace test;  // NOLINT: the LAN is the word of these tests.
using testing::IsEmpty;
using testing::SizeIs;

model::Policy denying(std::string domain) {
    return {.domains = {{.domain = std::move(domain), .decision = model::Decision::Deny}}};
}
model::Policy allowing_only(std::string domain) {
    return {.mode = model::Mode::AllowListed, .domains = {{.domain = std::move(domain), .decision = model::Decision::Allow}}};
}
Bytes hello() { return bytes_of(openssl_tls13_hello); }  // www.example.org
Bytes quic_hello() {
    const auto message = message_of(openssl_tls13_hello);
    return initial_packet({.frames = crypto_frame(message, 0, message.size())});
}

TEST(Enforcement, RefusesADeniedNameInTls) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"), 7);
    lan.up(phone, phone_address, web_address, 50'000, {}, 0x02);
    EXPECT_FALSE(lan.table.has_denied());
    lan.up(phone, phone_address, web_address, 50'000, hello());
    ASSERT_TRUE(lan.table.has_denied());
    const auto denied = lan.table.take_denied();
    ASSERT_THAT(denied, SizeIs(1));
    EXPECT_EQ(denied[0], (model::FlowDenied{.device = phone,
                                            .protocol = 6,
                                            .local = to_mapped(*parse_ipv4(phone_address)),
                                            .remote = to_mapped(*parse_ipv4(web_address)),
                                            .local_port = 50'000,
                                            .remote_port = 443,
                                            .name = "www.example.org",
                                            .source = NameSource::Sni,
                                            .rule = denied[0].rule}));
    EXPECT_THAT(denied[0].rule, testing::HasSubstr("example.org"));
    EXPECT_FALSE(lan.table.has_denied());

    const auto hits = lan.table.take_hits();
    EXPECT_EQ(hits.revision, 7);
    EXPECT_EQ(hits.by, "pcapd");
    ASSERT_THAT(hits.rows, SizeIs(1));
    EXPECT_EQ(
        hits.rows[0],
        (model::PolicyHit{.device = phone, .name = "www.example.org", .layer = "event_deny", .rule = denied[0].rule, .hits = 1}));
    EXPECT_THAT(lan.table.take_hits().rows, IsEmpty());
}

TEST(Enforcement, RefusesADeniedNameInQuicAndHttp) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"));
    lan.datagram(phone, phone_address, web_address, quic_hello());
    lan.up(laptop, laptop_address, web_address, 50'000,
           Writer{}.put("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n").take_bytes());
    const auto denied = lan.table.take_denied();
    ASSERT_THAT(denied, SizeIs(2));
    EXPECT_EQ(denied[0].protocol, 17);
    EXPECT_EQ(denied[0].source, NameSource::Quic);
    EXPECT_EQ(denied[1].device, laptop);
    EXPECT_EQ(denied[1].source, NameSource::Http);
}

TEST(Enforcement, RefusesAPostQuantumHelloWithItsSecondSegment) {
    LanWithTable lan;
    lan.decide_by(denying("shop.example.com"));
    const auto whole = bytes_of(chromium_hello);
    lan.segment(phone, phone_address, web_address, 1'000, {}, 0x02);
    lan.segment(phone, phone_address, web_address, 1'001, prefix_of(whole, 1'448));
    EXPECT_FALSE(lan.table.has_denied());
    lan.segment(phone, phone_address, web_address, 1'001 + 1'448, {whole.begin() + 1'448, whole.end()});
    ASSERT_THAT(lan.table.take_denied(), SizeIs(1)) << "with ECH too: it is the name that it shows";
}

TEST(Enforcement, SaysADeniedFlowAgainOnlyWhileItGoesOn) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"));
    lan.up(phone, phone_address, web_address, 50'000, hello());
    lan.up(phone, phone_address, web_address, 50'000, hello());
    lan.down(phone, phone_address, web_address);
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1)) << "once, however many packets";
    lan.now += FlowTable::denied_again - 1ms;
    lan.down(phone, phone_address, web_address);
    EXPECT_THAT(lan.table.take_denied(), IsEmpty());
    lan.now += 1ms;
    lan.down(phone, phone_address, web_address);
    lan.down(phone, phone_address, web_address);
    const auto again = lan.table.take_denied();
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].name, "www.example.org");
    EXPECT_EQ(lan.table.take_hits().rows.at(0).hits, 1U) << "it is one flow";
    EXPECT_EQ(lan.table.counts().denied, 1U);
}

TEST(Enforcement, SaysAgainWhatThereWasNoRoomFor) {
    LanWithTable lan{FlowLimits{.denials = {.flows = 1}}};
    lan.decide_by(denying("example.org"));
    lan.up(phone, phone_address, web_address, 1, hello());
    lan.up(phone, phone_address, web_address, 2, hello());
    EXPECT_EQ(lan.table.take_denied().at(0).local_port, 1);
    lan.up(phone, phone_address, web_address, 2);
    EXPECT_EQ(lan.table.take_denied().at(0).local_port, 2) << "with the next packet, not after three seconds";
}

TEST(Enforcement, CutsARunningDownloadWhenItsNameIsDenied) {
    LanWithTable lan;
    lan.decide_by({}, 1);
    lan.up(phone, phone_address, web_address, 50'000, hello());
    lan.up(laptop, laptop_address, web_address, 50'000, bytes_of(openssl_tls12_hello));
    lan.rows();
    lan.now += 60s;
    lan.down(phone, phone_address, web_address);
    EXPECT_FALSE(lan.table.has_denied());
    lan.decide_by(denying("example.org"), 2);
    lan.down(phone, phone_address, web_address);
    lan.down(laptop, laptop_address, web_address);
    const auto denied = lan.table.take_denied();
    ASSERT_THAT(denied, SizeIs(1));
    EXPECT_EQ(denied[0].device, phone);
    EXPECT_EQ(denied[0].source, NameSource::Sni);
}

TEST(Enforcement, LetsAFlowGoThatIsAllowedAgain) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"), 1);
    lan.up(phone, phone_address, web_address, 50'000, hello());
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1));
    lan.decide_by({}, 2);
    lan.now += 10s;
    lan.down(phone, phone_address, web_address);
    EXPECT_THAT(lan.table.take_denied(), IsEmpty());
    lan.table.set_policy(nullptr);
    lan.down(phone, phone_address, web_address);
    EXPECT_THAT(lan.table.take_denied(), IsEmpty());
}

TEST(Enforcement, DecidesAnewWhenPortsAreUsedAgain) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"));
    lan.up(phone, phone_address, web_address, 50'000, hello());
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1));
    lan.up(phone, phone_address, web_address, 50'000, {}, 0x02);
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls12_hello));
    EXPECT_THAT(lan.table.take_denied(), IsEmpty()) << "another visit on the same ports";
}

TEST(Enforcement, DecidesNothingWithoutAName) {
    LanWithTable lan;
    lan.decide_by(allowing_only("allowed.example"));
    lan.answer(phone, phone_address, "denied.example", web_address);
    lan.up(phone, phone_address, web_address, 1);
    lan.up(phone, phone_address, web_address, 2, bytes_of(openssl_nameless_hello));
    EXPECT_FALSE(lan.table.has_denied()) << "addresses are the firewall's, and what DNS said is no proof of a visit";
}

TEST(Enforcement, RefusesWhatIsNotAllowedWhenOnlySomeIs) {
    LanWithTable lan;
    lan.decide_by(allowing_only("example.net"));
    lan.up(phone, phone_address, web_address, 1, bytes_of(openssl_tls12_hello));  // login.example.net
    EXPECT_FALSE(lan.table.has_denied());
    lan.up(phone, phone_address, web_address, 2, hello());
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1)) << "another name on an address that was allowed";
}

TEST(Enforcement, LetsAnAllowedAddressBeVisitedUnderAnyName) {
    auto policy = allowing_only("example.net");
    policy.addresses = {{.prefix = *parse_ip_prefix("192.0.2.80/32"), .decision = model::Decision::Allow}};
    LanWithTable lan;
    lan.decide_by(policy);
    lan.up(phone, phone_address, web_address, 1, hello());
    EXPECT_FALSE(lan.table.has_denied());
    policy.domains.push_back({.domain = "example.org", .decision = model::Decision::Deny});
    policy.domains.back().scope.device = phone;
    lan.decide_by(policy, 2);
    lan.up(phone, phone_address, web_address, 1);
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1)) << "a rule for the device comes before one for everybody";
}

TEST(Enforcement, SparesProtectedDevicesAndEssentialNames) {
    auto policy = denying("example.org");
    policy.protected_devices = {phone};
    LanWithTable lan;
    lan.decide_by(policy);
    lan.up(phone, phone_address, web_address, 1, hello());
    EXPECT_FALSE(lan.table.has_denied());
    policy.protected_devices.clear();
    policy.never_blocked = {"www.example.org"};
    lan.decide_by(policy, 2);
    lan.up(phone, phone_address, web_address, 1);
    EXPECT_FALSE(lan.table.has_denied());
}

TEST(Enforcement, DecidesAlsoWhenNoNameCanBeKept) {
    LanWithTable lan{FlowLimits{.names = 1}};
    lan.answer(laptop, laptop_address, "taken.example", "192.0.2.1");
    lan.decide_by(denying("example.org"));
    lan.up(phone, phone_address, web_address, 50'000, hello());
    EXPECT_THAT(lan.table.take_denied(), SizeIs(1)) << "filling the table with names hides nothing";
    lan.now += 10s;
    lan.up(phone, phone_address, web_address, 50'000);
    EXPECT_THAT(lan.table.take_denied(), IsEmpty());
}

TEST(Enforcement, FoldsHitsBeyondItsBound) {
    LanWithTable lan{FlowLimits{.denials = {.flows = 100, .rows = 1}}};
    lan.decide_by({.mode = model::Mode::AllowListed});
    lan.up(phone, phone_address, web_address, 1, hello());
    lan.up(phone, phone_address, web_address, 2, hello());
    lan.up(phone, phone_address, web_address, 3, bytes_of(openssl_tls12_hello));
    const auto hits = lan.table.take_hits();
    ASSERT_THAT(hits.rows, SizeIs(1));
    EXPECT_EQ(hits.rows[0].hits, 2U);
    EXPECT_EQ(hits.folded, 1U);
    EXPECT_THAT(lan.table.take_denied(), SizeIs(3));
}

TEST(Enforcement, GivesBackEveryNameOfRefusedFlows) {
    LanWithTable lan;
    lan.decide_by(denying("example.org"));
    lan.up(phone, phone_address, web_address, 1, hello());
    lan.up(phone, phone_address, web_address, 2, bytes_of(chromium_hello));
    EXPECT_EQ(lan.table.counts().names, 2U);
    lan.now += 1h;
    lan.rows();
    EXPECT_EQ(lan.table.counts().names, 0U);
}

TEST(PolicyHits, MergeByRow) {
    const model::PolicyHit row{.device = phone, .name = "a.example", .layer = "event_deny", .rule = "r", .hits = 2};
    auto other = row;
    other.device = laptop;
    model::PolicyHits into{.tick = 1s, .revision = 1, .by = "pcapd", .rows = {row}};
    merge(into, {.tick = 1s, .revision = 2, .by = "pcapd", .folded = 1, .rows = {row, other}}, 1);
    EXPECT_EQ(into.tick, 2s);
    EXPECT_EQ(into.revision, 2);
    ASSERT_THAT(into.rows, SizeIs(1));
    EXPECT_EQ(into.rows[0].hits, 4U);
    EXPECT_EQ(into.folded, 3U) << "no hit is lost, only its row";
}

}  // namespace
}  // namespace vivi::pcapd
