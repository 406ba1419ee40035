// The local page: whom it answers, and what it shows to whom.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/local_page.hpp"

#include <gmock/gmock.h>

#include "router/openvivi-embedded/local_known.hpp"
#include "router/openvivi-embedded/page_rules.hpp"
#include "router/openvivi-embedded/qr.hpp"

namespace vivi::openvivi_embedded {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Request with(http::Headers headers, std::string body = "") {
    return {.method = "POST", .target = "/pin", .headers = std::move(headers), .body = std::move(body)};
}
const PageWords& english() { return page_words({}); }
const PageWords& french() { return page_words(with({{"accept-language", "fr-FR,fr;q=0.9"}})); }

TEST(LocalPageRules, AnswersOnlyToItsOwnNameAndAddresses) {
    for (const auto* host : {"vivi.lan", "vivi.lan:80", "vivi.lan.", "10.66.0.1", "10.66.0.1:8080", "[fe80::1]", "[fe80::1]:80"})
        EXPECT_TRUE(is_for_the_router(with({{"host", host}}))) << host;
    for (const auto* host :
         {"", "evil.example", "vivi.lan.evil.example", "10.66.0.1.evil.example", "[fe80::1", "fe80::1", "xvivi.lan"})
        EXPECT_FALSE(is_for_the_router(with({{"host", host}}))) << host;
}

TEST(LocalPageRules, AFormOfAnotherPageIsForeign) {
    EXPECT_TRUE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "http://vivi.lan"}})));
    EXPECT_TRUE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "http://vivi.lan"}, {"sec-fetch-site", "same-origin"}})));
    EXPECT_FALSE(is_from_our_page(with({{"host", "vivi.lan"}}))) << "no Origin";
    EXPECT_FALSE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "null"}})));
    EXPECT_FALSE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "https://vivi.lan"}})));
    EXPECT_FALSE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "http://evil.example"}})));
    EXPECT_FALSE(is_from_our_page(with({{"host", "vivi.lan"}, {"origin", "http://vivi.lan"}, {"sec-fetch-site", "cross-site"}})));
}

TEST(LocalPageRules, ReadsCookiesAndForms) {
    EXPECT_EQ(cookie(with({{"cookie", "a=1; vivi=xyz; b=2"}}), "vivi"), "xyz");
    EXPECT_EQ(cookie(with({{"cookie", "xvivi=1"}}), "vivi"), "");
    const http::Headers kind{{"content-type", "application/x-www-form-urlencoded"}};
    const auto form = parse_form(with(kind, "a=1+2&b=%C3%A9&a=3&c"));
    ASSERT_TRUE(form);
    EXPECT_EQ(*form, (std::map<std::string, std::string>{{"a", "1 2"}, {"b", "\xc3\xa9"}, {"c", ""}}));
    EXPECT_FALSE(parse_form(with(kind, "a=%zz")));
    EXPECT_FALSE(parse_form(with({{"content-type", "text/plain"}}, "a=1")))
        << "what a form of another site can send without asking";
}

TEST(LocalPage, SaysWhyItIsOfflineInWords) {
    const LocalPage page{.why_offline = "hub.example:2222: Host not found (authoritative)"};
    EXPECT_THAT(render(page, english()), testing::AllOf(HasSubstr("Not connected"), HasSubstr("server&#39;s name is not found")));
    EXPECT_THAT(render(page, french()), testing::AllOf(HasSubstr("<html lang=\"fr\">"), HasSubstr("introuvable")));
    EXPECT_EQ(why_offline_in_words("something new", english()), "something new");
}

TEST(LocalPage, ShowsTheCodeAndTheFormsOnlyToWhoTypedThePin) {
    LocalPage page{.claim_code = "7ZK4T-9QH2M-R"};
    for (const auto state : {PinState::None, PinState::Asked, PinState::Wrong, PinState::Throttled}) {
        page.pin = state;
        const auto text = render(page, english());
        EXPECT_THAT(text, Not(HasSubstr("7ZK4T")));
        EXPECT_THAT(text, Not(HasSubstr("action=\"/uplink\"")));
        EXPECT_THAT(text, Not(HasSubstr("<svg")));
    }
    page.pin = PinState::Open;
    EXPECT_THAT(render(page, english()), testing::AllOf(HasSubstr("7ZK4T-9QH2M-R"), HasSubstr("<svg"),
                                                        HasSubstr("action=\"/uplink\""), HasSubstr("action=\"/return\"")));
}

TEST(LocalPage, RepeatsNothingAsMarkup) {
    const LocalPage page{.hub = "<b>", .why_offline = "<script>alert(1)</script>", .notice = "\"><img src=x>"};
    const auto text = render(page, english());
    EXPECT_THAT(text, Not(HasSubstr("<script>")));
    EXPECT_THAT(text, Not(HasSubstr("<img")));
    EXPECT_THAT(text, Not(HasSubstr("<b>")));
}

TEST(LocalPage, TellsAGuestItsCodeAndWhatBlocksIt) {
    constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};
    EXPECT_EQ(device_code(phone).size(), 6U);
    EXPECT_NE(device_code(phone), device_code(laptop));
    const auto text =
        render({.code = device_code(phone), .by = BlockedBy{.rule = "device 02:00", .reason = "a <rule>"}}, english());
    EXPECT_THAT(text, testing::AllOf(HasSubstr(device_code(phone)), HasSubstr("a &lt;rule&gt;"), HasSubstr("device 02:00"),
                                     HasSubstr("Ask the organisers")));
    EXPECT_THAT(render(MePage{}, english()), HasSubstr("Nothing is blocked for your device"));
}

TEST(LocalPage, TellsWhomToAskAsTheConfigurationSays) {
    const MePage page{.code = "ABC123", .by = BlockedBy{.rule = "device"}, .contact = "Desk <3>"};
    EXPECT_THAT(render(page, english()), testing::AllOf(HasSubstr("Whom to ask:"), HasSubstr("Desk &lt;3&gt;")));
    EXPECT_THAT(render(page, french()), HasSubstr("À qui demander"));
    EXPECT_THAT(render(MePage{.by = BlockedBy{}}, english()),
                testing::AllOf(HasSubstr("Ask the organisers"), Not(HasSubstr("Whom to ask"))));
}

TEST(LocalPage, OffersTheInterfacesOfTheMachineForUplinkAndLan) {
    const LocalPage page{.pin = PinState::Open,
                         .uplink = model::Uplink{.interface = "eth0"},
                         .interfaces = {"eth0", "eth1", "eth2"},
                         .lan_ports = {"eth1"}};
    const auto html = render(page, english());
    EXPECT_THAT(html, testing::AllOf(HasSubstr("<option selected>eth0"), HasSubstr("name=\"lan-eth1\" checked"),
                                     HasSubstr("name=\"lan-eth2\">"), Not(HasSubstr("/keep"))));
    auto on_trial = page;
    on_trial.keep_left = Seconds{17};
    EXPECT_THAT(render(on_trial, english()), testing::AllOf(HasSubstr("action=\"/keep\""), HasSubstr("17 s")));
    on_trial.pin = PinState::Asked;
    EXPECT_THAT(render(on_trial, english()), testing::AllOf(Not(HasSubstr("/keep")), Not(HasSubstr("eth2"))));
}

TEST(LocalPage, FindsTheInterfacesOfTheMachine) {
    EXPECT_THAT(
        interfaces_of("Inter-|   Receive                                                |  Transmit\n"
                      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets\n"
                      "  eth1:       0       0    0\n    lo:     100       1    0\n  eth0: 1 2 3\neth0.20: 1\nvivi-lan: 7 7\n"),
        testing::ElementsAre("eth0", "eth1"));
    EXPECT_THAT(interfaces_of(""), testing::IsEmpty());
}

TEST(LocalPage, FindsADeviceByItsAddress) {
    constexpr std::string_view arp =
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.66.0.50       0x1         0x2         02:00:00:00:00:01     *        br-lan\n"
        "10.66.0.51       0x1         0x0         00:00:00:00:00:00     *        br-lan\n";
    EXPECT_EQ(parse_arp(arp, "10.66.0.50"), parse_mac("02:00:00:00:00:01"));
    EXPECT_EQ(parse_arp(arp, "10.66.0.5"), std::nullopt);
    EXPECT_EQ(parse_arp(arp, "10.66.0.51"), std::nullopt) << "nobody answered there";
}

TEST(QrCode, IsAnSvgWithAQuietZone) {
    const auto svg = qr_svg("7ZK4T-9QH2M-R");
    EXPECT_THAT(svg, testing::StartsWith("<svg"));
    EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 29 29\"")) << "version 1: 21 modules, 4 on each side";
    EXPECT_EQ(qr_svg(std::string(5'000, 'x')), "") << "too long for any code";
}

}  // namespace
}  // namespace vivi::openvivi_embedded
