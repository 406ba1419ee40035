// Attribution: every byte to one device, one direction, and the best name there is.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/flow_table.hpp"

#include <gmock/gmock.h>

#include "tests/router/pcapd/lan.hpp"

namespace vivi::pcapd {
namespace {

using namespace test;  // NOLINT: the LAN is the word of these tests.
using testing::IsEmpty;
using testing::SizeIs;

TEST(FlowTable, CountsBothDirectionsOfADevice) {
    LanWithTable lan;
    const auto up = lan.up(phone, phone_address, web_address);
    const auto down = lan.down(phone, phone_address, web_address);
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0],
              (model::TrafficRow{.device = phone, .bytes_up = up, .bytes_down = down, .packets_up = 1, .packets_down = 1}));
    EXPECT_EQ(up, 140U) << "IP header included, Ethernet header not";
}

TEST(FlowTable, NamesWhatTheDeviceWasToldByDns) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "www.example.org", web_address);
    lan.up(phone, phone_address, web_address);
    const auto rows = lan.rows();
    const auto* row = find(rows, phone, "www.example.org");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->source, NameSource::Dns);
}

TEST(FlowTable, KeepsAnswersToTheDeviceThatGotThem) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "www.example.org", web_address);
    lan.up(laptop, laptop_address, web_address);
    EXPECT_EQ(find(lan.rows(), laptop, "www.example.org"), nullptr);
}

TEST(FlowTable, PrefersTheNameInTheClientHello) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "cdn.example", web_address);
    const auto syn = lan.up(phone, phone_address, web_address, 50'000, {}, 0x02);
    const auto hello = lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    const auto rows = lan.rows();
    const auto* row = find(rows, phone, "www.example.org");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->source, NameSource::Sni);
    EXPECT_EQ(row->bytes_up, syn + hello) << "the handshake of this tick goes to the name too";
    EXPECT_EQ(find(rows, phone, "cdn.example"), nullptr);
}

TEST(FlowTable, LeavesWhatAnEarlierTickCounted) {
    LanWithTable lan;
    const auto syn = lan.up(phone, phone_address, web_address, 50'000, {}, 0x02);
    EXPECT_EQ(find(lan.rows(), phone, "")->bytes_up, syn);
    const auto hello = lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(find(rows, phone, "www.example.org")->bytes_up, hello);
}

TEST(FlowTable, NamesOneFlowOnly) {
    LanWithTable lan;
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    lan.up(phone, phone_address, web_address, 50'001, bytes_of(openssl_tls12_hello));
    lan.down(phone, phone_address, web_address, 50'000);
    lan.down(phone, phone_address, web_address, 50'002);
    const auto rows = lan.rows();
    EXPECT_EQ(find(rows, phone, "www.example.org")->packets_down, 1U);
    EXPECT_EQ(find(rows, phone, "login.example.net")->packets_down, 0U);
    EXPECT_EQ(find(rows, phone, "")->packets_down, 1U);
}

TEST(FlowTable, DoesNotCreditTheOuterNameOfEch) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "secret.example", web_address);
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(chromium_hello));
    const auto rows = lan.rows();
    EXPECT_EQ(find(rows, phone, "shop.example.com"), nullptr);
    EXPECT_EQ(find(rows, phone, "secret.example")->source, NameSource::Dns) << "what DNS said is a fact all the same";
    lan.up(laptop, laptop_address, web_address, 50'000, bytes_of(chromium_hello));
    EXPECT_EQ(find(lan.rows(), laptop, "")->packets_up, 1U) << "told nothing, it stays without a name";
}

TEST(FlowTable, CreditsTheNameBesideEchThatTheDeviceAskedFor) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "shop.example.com", web_address);
    lan.answer(phone, phone_address, "other.example", web_address);
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(chromium_hello));
    const auto rows = lan.rows();
    const auto* row = find(rows, phone, "shop.example.com");
    ASSERT_NE(row, nullptr) << "only GREASE: nobody asks DNS for the name of a provider's front";
    EXPECT_EQ(row->source, NameSource::Sni);
    lan.answer(laptop, laptop_address, "other.example", web_address);
    lan.up(laptop, laptop_address, web_address, 50'000, bytes_of(chromium_hello));
    EXPECT_EQ(find(lan.rows(), laptop, "shop.example.com"), nullptr) << "another device asked for it, this one did not";
}

TEST(FlowTable, DoesNotCreditAHelloThatIsNotWhole) {
    LanWithTable lan;
    const auto hello = bytes_of(openssl_tls13_hello);
    lan.up(phone, phone_address, web_address, 50'000, prefix_of(hello, hello.size() - 1));
    EXPECT_EQ(lan.rows().at(0).name, "");
}

TEST(FlowTable, BelievesNoHelloFromTheServer) {
    LanWithTable lan;
    lan.down(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    EXPECT_EQ(lan.rows().at(0).name, "");
}

TEST(FlowTable, ForgetsAnAnswerAfterItsTtlAndGrace) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "www.example.org", web_address, 60);
    lan.now += 60s + AnswerLimits{}.grace;
    lan.up(phone, phone_address, web_address, 50'000);
    EXPECT_NE(find(lan.rows(), phone, "www.example.org"), nullptr) << "programs connect a while after they asked";
    lan.answer(phone, phone_address, "www.example.org", web_address, 60);
    lan.now += 61s + AnswerLimits{}.grace;
    lan.up(phone, phone_address, web_address, 50'001);
    EXPECT_EQ(find(lan.rows(), phone, "www.example.org"), nullptr);
}

TEST(FlowTable, KeepsTheNameOfAFlowThatOutlivesItsAnswer) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "www.example.org", web_address, 1);
    for (int i = 0; i < 10; ++i) {
        lan.up(phone, phone_address, web_address);
        EXPECT_NE(find(lan.rows(), phone, "www.example.org"), nullptr) << i;
        lan.now += 300s;
    }
}

TEST(FlowTable, NamesAFlowThatBeganBeforeItsAnswer) {
    LanWithTable lan;
    lan.up(phone, phone_address, web_address);
    lan.rows();
    lan.answer(phone, phone_address, "www.example.org", web_address);
    lan.up(phone, phone_address, web_address);
    EXPECT_NE(find(lan.rows(), phone, "www.example.org"), nullptr);
}

TEST(FlowTable, StartsAnewWhenPortsAreUsedAgain) {
    LanWithTable lan;
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    lan.rows();
    lan.up(phone, phone_address, web_address, 50'000, {}, 0x02);
    EXPECT_EQ(lan.rows().at(0).name, "") << "a SYN";
    lan.up(phone, phone_address, web_address, 50'000, bytes_of(openssl_tls13_hello));
    lan.rows();
    lan.now += FlowLimits{}.tcp_idle + 1s;
    lan.up(phone, phone_address, web_address);
    EXPECT_EQ(lan.rows().at(0).name, "") << "a long silence";
}

TEST(FlowTable, CountsTalkBetweenDevicesOnBothSidesWithoutAName) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "laptop.lan", laptop_address);
    lan.rows();
    const auto bytes = lan.sees({.from = phone,
                                 .to = laptop,
                                 .source = phone_address,
                                 .destination = laptop_address,
                                 .source_port = 5'000,
                                 .destination_port = 5'001,
                                 .payload = Bytes(400)});
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(find(rows, phone, "")->bytes_up, bytes);
    EXPECT_EQ(find(rows, phone, "")->bytes_down, 0U);
    EXPECT_EQ(find(rows, laptop, "")->bytes_down, bytes);
    EXPECT_EQ(lan.table.counts().flows, 0U) << "no flow entry is spent on it";
}

TEST(FlowTable, CountsGroupsForTheSender) {
    LanWithTable lan;
    const auto bytes = lan.sees({.from = phone,
                                 .to = everybody,
                                 .source = "0.0.0.0",
                                 .destination = "255.255.255.255",
                                 .source_port = 68,
                                 .destination_port = 67,
                                 .payload = Bytes(300)});
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].device, phone);
    EXPECT_EQ(rows[0].bytes_up, bytes);
    lan.sees({.from = router,
              .to = everybody,
              .source = router_address,
              .destination = "255.255.255.255",
              .source_port = 67,
              .destination_port = 68,
              .payload = Bytes(300)});
    EXPECT_THAT(lan.rows(), IsEmpty()) << "the router is no device";
    EXPECT_EQ(lan.table.counts().ignored, 1U);
}

TEST(FlowTable, HasNoNameForTheRouterItself) {
    LanWithTable lan;
    lan.answer(phone, phone_address, "router.lan", router_address);
    lan.up(phone, phone_address, router_address);
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1)) << "DNS traffic and what followed it";
    EXPECT_EQ(rows[0].name, "");
    EXPECT_GT(rows[0].bytes_down, 0U);
}

TEST(FlowTable, AttributesIpv6ByMacToo) {
    LanWithTable lan;
    lan.sees({.from = router,
              .to = phone,
              .source = "fe80::1",
              .destination = "fe80::50",
              .source_port = 53,
              .destination_port = 40'000,
              .payload = dns_response("www.example.org", {aaaa(question_pointer(), "2001:db8::80")})});
    lan.sees({.from = phone,
              .to = router,
              .source = "2001:db8:66::50",
              .destination = "2001:db8::80",
              .protocol = 6,
              .source_port = 50'000,
              .destination_port = 443,
              .payload = Bytes(10)});
    const auto rows = lan.rows();
    ASSERT_NE(find(rows, phone, "www.example.org"), nullptr);
    EXPECT_EQ(find(rows, phone, "www.example.org")->bytes_up, 70U);
}

TEST(FlowTable, RowsAddUpToWhatWasCounted) {
    LanWithTable lan{
        FlowLimits{.flows = 50, .names = 8, .rows = 16, .answers = {.answers = 16, .answers_of_a_device = 4, .devices = 4}}};
    std::uint64_t sent = 0;
    std::uint64_t in_rows = 0;
    std::uint32_t random = 1;
    const auto next = [&](std::uint32_t below) {
        random = random * 1'664'525 + 1'013'904'223;
        return (random >> 8) % below;
    };
    for (int i = 0; i < 20'000; ++i) {
        const Mac device{{0x02, 0, 0, 0, 1, static_cast<std::uint8_t>(next(60))}};
        const auto remote = "192.0.2." + std::to_string(next(100));
        const auto port = static_cast<std::uint16_t>(50'000 + next(5));
        switch (next(6)) {
            case 0:
                sent += lan.answer(device, phone_address, "n" + std::to_string(next(40)) + ".example", remote, next(100));
                break;
            case 1: sent += lan.up(device, phone_address, remote, port, bytes_of(openssl_tls12_hello)); break;
            case 2: sent += lan.up(device, phone_address, remote, port, {}, next(2) == 0 ? 0x02 : 0x11); break;
            case 3:
                sent += 2 * lan.sees({.from = device,
                                      .to = laptop,
                                      .source = phone_address,
                                      .destination = laptop_address,
                                      .payload = Bytes(9)});
                break;
            default: sent += lan.down(device, phone_address, remote, port); break;
        }
        if (next(50) == 0) in_rows += bytes_in(lan.rows());
        if (next(500) == 0) lan.now += 100s;
    }
    in_rows += bytes_in(lan.rows());
    const auto counts = lan.table.counts();
    EXPECT_EQ(in_rows, sent);
    EXPECT_EQ(counts.bytes_up + counts.bytes_down, sent);
    EXPECT_GT(counts.evicted, 0U) << "the bounds were reached";
    EXPECT_GT(counts.folded, 0U);
    EXPECT_GT(counts.refused_names, 0U);
    EXPECT_LE(counts.flows, 50U);
    EXPECT_LE(counts.names, 8U);
    EXPECT_LE(counts.answers, 16U);
}

TEST(FlowTable, ForgetsTheFlowThatWasSilentLongest) {
    LanWithTable lan{FlowLimits{.flows = 2}};
    lan.up(phone, phone_address, web_address, 1, bytes_of(openssl_tls13_hello));
    lan.up(phone, phone_address, web_address, 2);
    lan.up(phone, phone_address, web_address, 1);
    lan.up(phone, phone_address, web_address, 3);
    lan.rows();
    lan.up(phone, phone_address, web_address, 1);
    EXPECT_NE(find(lan.rows(), phone, "www.example.org"), nullptr);
    EXPECT_EQ(lan.table.counts().evicted, 1U);
}

TEST(FlowTable, ExpiresWhatIsOver) {
    LanWithTable lan;
    lan.up(phone, phone_address, web_address, 1);
    lan.sees({.from = phone,
              .to = router,
              .source = phone_address,
              .destination = web_address,
              .source_port = 2,
              .destination_port = 443});
    lan.up(phone, phone_address, web_address, 3, {}, 0x11);
    EXPECT_EQ(lan.table.counts().flows, 3U);
    const auto flows_after = [&](Seconds seconds) {
        lan.now = Instant{} + seconds;
        lan.rows();
        return lan.table.counts().flows;
    };
    EXPECT_EQ(flows_after(10s), 3U);
    EXPECT_EQ(flows_after(11s), 2U) << "closed";
    EXPECT_EQ(flows_after(180s), 2U);
    EXPECT_EQ(flows_after(181s), 1U) << "UDP";
    EXPECT_EQ(flows_after(600s), 1U);
    EXPECT_EQ(flows_after(601s), 0U) << "TCP";
}

TEST(FlowTable, GivesBackEveryNameAndAnswer) {
    LanWithTable lan;
    for (int i = 0; i < 100; ++i)
        lan.answer(phone, phone_address, "n" + std::to_string(i) + ".example", "192.0.2." + std::to_string(i));
    lan.up(phone, phone_address, web_address, 1, bytes_of(openssl_tls13_hello));
    EXPECT_EQ(lan.table.counts().names, 101U);
    lan.now += 1h;
    lan.rows();
    lan.rows();
    const auto counts = lan.table.counts();
    EXPECT_EQ(counts.names, 0U);
    EXPECT_EQ(counts.answers, 0U);
    EXPECT_EQ(counts.flows, 0U);
}

}  // namespace
}  // namespace vivi::pcapd
