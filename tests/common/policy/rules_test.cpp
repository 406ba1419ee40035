// What decides about a name or an address, in the words of an organiser; how the answer names the rule; and damaged images.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/rules.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <random>

#include "common/core/domain_name.hpp"
#include "common/policy/essential_names.hpp"
#include "common/policy/rules_image.hpp"

namespace vivi::policy {
namespace {

using enum model::Decision;
using model::Transport;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}}, till{{0x02, 0, 0, 0, 0, 0x03}};

/// A policy, compiled, with everything it needs to stay alive.
class Compiled {
public:
    explicit Compiled(const model::Policy& policy, Bytes catalogue = CatalogueBuilder{}.build().value())
        : catalogue_{std::move(catalogue)},
          image_{compile(policy, 7)},
          engine_{Engine::open(image_, Catalogue::open(catalogue_).value()).value()} {}

    const Engine& engine() const { return engine_; }
    Verdict name(std::optional<Mac> device, std::string_view name) const {
        return engine_.decide_name(engine_.subject(device), name);
    }
    /// The rule in words and its pointer.
    std::string why(std::optional<Mac> device, std::string_view asked) const {
        const auto verdict = name(device, asked);
        return std::string{to_string(verdict.layer)} + ": " + engine_.describe(verdict) + " " + engine_.pointer(verdict);
    }
    Verdict address(std::optional<Mac> device, std::string_view remote, Transport transport = Transport::Tcp,
                    std::uint16_t port = 443) const {
        return engine_.decide_address(engine_.subject(device), parse_address(remote).value(), transport, port);
    }
    std::string why_address(std::optional<Mac> device, std::string_view remote, Transport transport = Transport::Tcp,
                            std::uint16_t port = 443) const {
        const auto verdict = address(device, remote, transport, port);
        return engine_.describe(verdict) + " " + engine_.pointer(verdict);
    }

private:
    Bytes catalogue_, image_;
    Engine engine_;
};

TEST(Engine, AnEmptyPolicyAllowsEverythingAndAnEngineWithoutRulesToo) {
    for (const auto& engine : {Engine{}, Compiled{model::Policy{}}.engine()}) {
        const auto verdict = engine.decide_name(engine.subject(phone), "example.org");
        EXPECT_EQ(verdict, (Verdict{Allow, Layer::Default, no_rule}));
        EXPECT_EQ(engine.decide_address(engine.subject({}), to_mapped(Ipv4{0xc0000201}), Transport::Udp, 443).decision, Allow);
    }
    EXPECT_EQ(Engine{}.describe({}), "mode block-listed");
}

TEST(Engine, MatchesByWholeLabelsOnly) {
    const Compiled policy{{.domains = {{.domain = "example.org"}, {.domain = "alone.net", .subdomains = false}}}};
    EXPECT_TRUE(policy.name(phone, "example.org").is_denied());
    EXPECT_TRUE(policy.name(phone, "a.b.example.org").is_denied());
    EXPECT_FALSE(policy.name(phone, "badexample.org").is_denied());
    EXPECT_FALSE(policy.name(phone, "example.org.net").is_denied());
    EXPECT_FALSE(policy.name(phone, "org").is_denied());
    EXPECT_TRUE(policy.name(phone, "alone.net").is_denied());
    EXPECT_FALSE(policy.name(phone, "www.alone.net").is_denied());
    for (const auto* odd : {"", ".", "..", ".example.org", "example.org.", "a..example.org"}) policy.name(phone, odd);
    EXPECT_TRUE(policy.name(phone, ".example.org").is_denied()) << "an empty label is below too";
}

/// One rule of every layer, all about one name; taking the winner away lets the next one decide.
TEST(Engine, TheFirstLayerThatHasSomethingToSayDecides) {
    CatalogueBuilder builder;
    builder.add("example.org", builder.tag(TagKind::Category, "games"), true);
    builder.add("example.org", builder.tag(TagKind::List, "mine"), true);
    const auto arena = builder.build().value();
    model::Policy policy{.mode = model::Mode::AllowListed, .new_devices = model::NewDevices::Ask};
    policy.groups = {{.name = "guests", .devices = {phone}}};
    policy.devices = {{.device = phone, .decision = Deny}, {.device = phone, .decision = Allow}};
    policy.domains = {{.domain = "example.org", .decision = Allow, .scope = {.device = phone}},
                      {.domain = "example.org", .scope = {.device = phone}},
                      {.domain = "example.org", .decision = Allow, .scope = {.group = "guests"}},
                      {.domain = "example.org", .scope = {.group = "guests"}},
                      {.domain = "example.org", .decision = Allow},
                      {.domain = "example.org"}};
    policy.categories = {{.category = "games"}};
    policy.lists = {{.list = "mine", .decision = Allow}};
    policy.protected_devices = {phone};
    policy.never_blocked = {"example.org"};

    std::vector<std::string> layers;
    const auto ask = [&] {
        const auto image = compile(policy, 1);
        const auto engine = Engine::open(image, Catalogue::open(arena).value()).value();
        layers.emplace_back(to_string(engine.decide_name(engine.subject(phone), "www.example.org").layer));
    };
    ask();
    policy.protected_devices.clear();
    ask();
    policy.devices.erase(policy.devices.begin());
    ask();
    policy.never_blocked.clear();
    const auto admission = std::exchange(policy.devices, {});
    ask();
    policy.devices = admission;
    while (!policy.domains.empty()) {
        ask();
        policy.domains.erase(policy.domains.begin());
    }
    ask();
    policy.categories.clear();
    ask();
    policy.lists.clear();
    ask();
    EXPECT_THAT(layers, ElementsAre("protected", "banned", "essential", "new_device", "device_allow", "device_deny",
                                    "group_allow", "group_deny", "event_allow", "event_deny", "category", "list", "default"));
}

TEST(Engine, AnAllowedNameBelowADeniedOneIsAllowedAndTheLongestNameIsNamed) {
    const Compiled policy{{.domains = {{.domain = "example.org"},
                                       {.domain = "www.example.org", .decision = Allow},
                                       {.domain = "a.www.example.org", .decision = Allow}}}};
    EXPECT_EQ(policy.why(phone, "example.org"), "event_deny: domain example.org (deny, everybody) /domains/0");
    EXPECT_EQ(policy.why(phone, "www.example.org"), "event_allow: domain www.example.org (allow, everybody) /domains/1");
    EXPECT_EQ(policy.why(phone, "b.a.www.example.org"), "event_allow: domain a.www.example.org (allow, everybody) /domains/2");
}

TEST(Engine, ADeviceWithRulesOfItsOwnStillHasItsGroup) {
    const Compiled policy{{.groups = {{.name = "guests", .devices = {phone, laptop}, .mode = model::Mode::AllowListed}},
                           .domains = {{.domain = "example.org", .decision = Allow, .scope = {.device = phone}},
                                       {.domain = "example.net", .decision = Allow, .scope = {.group = "guests"}}}}};
    EXPECT_EQ(policy.why(phone, "example.org"), "device_allow: domain example.org (allow, device 02:00:00:00:00:01) /domains/0");
    EXPECT_EQ(policy.why(phone, "example.net"), "group_allow: domain example.net (allow, group guests) /domains/1");
    EXPECT_EQ(policy.why(phone, "example.com"), "default: mode allow-listed ");
    EXPECT_EQ(policy.why(laptop, "example.org"), "default: mode allow-listed ");
    EXPECT_EQ(policy.why(till, "example.net"), "default: mode block-listed ");
    EXPECT_NE(policy.engine().subject(phone).view, policy.engine().subject(laptop).view);
    EXPECT_EQ(policy.engine().subject(laptop).view, view_of_group("guests"));
    EXPECT_EQ(policy.engine().subject(till).view, everybody);
}

TEST(Engine, AServiceDecidesInTheLayerOfItsScopeAndByTheLengthOfItsName) {
    CatalogueBuilder builder;
    const auto videos = builder.tag(TagKind::Service, "videos");
    builder.add("videos.example", videos, true);
    builder.add("cdn.example.org", videos, true);
    const Compiled policy{
        {.domains = {{.domain = "org"}, {.domain = "www.cdn.example.org"}}, .services = {{.service = "videos"}}},
        builder.build().value()};
    EXPECT_EQ(policy.why(phone, "a.videos.example"), "event_deny: service videos (deny, everybody) /services/0");
    EXPECT_EQ(policy.why(phone, "cdn.example.org"), "event_deny: service videos (deny, everybody) /services/0");
    EXPECT_EQ(policy.why(phone, "www.cdn.example.org"), "event_deny: domain www.cdn.example.org (deny, everybody) /domains/1");
}

TEST(Engine, AnExceptionOfAListIsNoRule) {
    CatalogueBuilder builder;
    const auto mine = builder.tag(TagKind::List, "mine");
    builder.add("example.org", mine, true);
    builder.add("good.example.org", mine, true, /*allows=*/true);
    const Compiled policy{{.lists = {{.list = "mine"}}}, builder.build().value()};
    EXPECT_EQ(policy.why(phone, "bad.example.org"), "list: list mine (deny, everybody) /lists/0");
    EXPECT_EQ(policy.why(phone, "good.example.org"), "default: mode block-listed ");
}

TEST(Engine, WhatTheCatalogueDoesNotHaveIsNamedAndDecidesNothing) {
    CatalogueBuilder builder;
    builder.tag(TagKind::Category, "games");
    const Compiled policy{{.categories = {{.category = "games"}, {.category = "gambling"}},
                           .services = {{.service = "videos"}},
                           .lists = {{.list = "mine"}}},
                          builder.build().value()};
    EXPECT_THAT(policy.engine().unknown_tags(), ElementsAre("category gambling", "service videos", "list mine"));
    EXPECT_THAT(Engine{}.unknown_tags(), IsEmpty());
}

TEST(Engine, NewDevicesReachWhatIsEssentialAndNothingElse) {
    const Compiled policy{{.new_devices = model::NewDevices::Ask,
                           .devices = {{.device = laptop, .decision = Allow}},
                           .domains = {{.domain = "example.org", .decision = Allow}},
                           .never_blocked = {"vivi.example"}}};
    EXPECT_EQ(policy.why(phone, "example.org"), "new_device: new devices ask /new_devices");
    EXPECT_EQ(policy.why(std::nullopt, "example.org"), "new_device: new devices ask /new_devices");
    EXPECT_EQ(policy.why(phone, "www.vivi.example"), "essential: never blocked vivi.example /never_blocked/0");
    EXPECT_FALSE(policy.name(laptop, "example.org").is_denied());
    EXPECT_EQ(policy.engine().subject(phone).standing, Standing::New);
    EXPECT_EQ(policy.engine().subject(laptop).standing, Standing::Admitted);
    EXPECT_TRUE(policy.address(phone, "192.0.2.1").is_denied());
}

TEST(Engine, ABanStandsBeforeWhatIsEssentialAndProtectionBeforeABan) {
    const Compiled policy{
        {.devices = {{.device = phone}, {.device = till}}, .protected_devices = {till}, .never_blocked = {"vivi.example"}}};
    EXPECT_EQ(policy.why(phone, "vivi.example"), "banned: device 02:00:00:00:00:01 (deny) /devices/0");
    EXPECT_EQ(policy.why(till, "vivi.example"), "protected: protected device 02:00:00:00:00:03 /protected_devices/0");
    EXPECT_EQ(policy.why_address(till, "192.0.2.1"), "protected device 02:00:00:00:00:03 /protected_devices/0");
}

TEST(Engine, OfAddressRulesTheMostSpecificIsNamedAndFamiliesStayApart) {
    const auto prefix = [](std::string_view text) { return parse_ip_prefix(text).value(); };
    const Compiled policy{{.addresses = {{.prefix = prefix("192.0.2.0/24")},
                                         {.prefix = prefix("192.0.2.0/28"), .transport = Transport::Udp, .port = 443},
                                         {.prefix = prefix("192.0.2.0/28")},
                                         {.prefix = prefix("198.51.100.1"), .port = 853},
                                         {.prefix = prefix("203.0.113.0/24"), .decision = Allow, .scope = {.device = phone}},
                                         {.prefix = prefix("203.0.113.0/25")},
                                         {.prefix = prefix("2001:db8::/32")},
                                         {.prefix = prefix("::/0"), .scope = {.device = laptop}}}}};
    EXPECT_EQ(policy.why_address(phone, "192.0.2.200"), "address 192.0.2.0/24 (deny, everybody) /addresses/0");
    EXPECT_EQ(policy.why_address(phone, "192.0.2.1", Transport::Udp),
              "address 192.0.2.0/28 udp port 443 (deny, everybody) /addresses/1");
    EXPECT_EQ(policy.why_address(phone, "192.0.2.1", Transport::Tcp), "address 192.0.2.0/28 (deny, everybody) /addresses/2");
    EXPECT_TRUE(policy.address(phone, "198.51.100.1", Transport::Tcp, 853).is_denied());
    EXPECT_TRUE(policy.address(phone, "198.51.100.1", Transport::Udp, 853).is_denied());
    EXPECT_FALSE(policy.address(phone, "198.51.100.1", Transport::Tcp, 443).is_denied());
    EXPECT_FALSE(policy.address(phone, "198.51.100.1", Transport::Any, 853).is_denied()) << "what has no ports has not this one";
    EXPECT_FALSE(policy.address(phone, "203.0.113.9").is_denied()) << "the device before everybody, whatever the length";
    EXPECT_TRUE(policy.address(till, "203.0.113.9").is_denied());
    EXPECT_TRUE(policy.address(till, "2001:db8::1").is_denied());
    EXPECT_TRUE(policy.address(laptop, "2001:db9::1").is_denied());
    EXPECT_FALSE(policy.address(laptop, "198.51.100.7").is_denied()) << "::/0 is IPv6";
}

TEST(EssentialNames, AreNormalAndEachOnce) {
    std::set<std::string> seen;
    for (const auto& one : essential_names()) {
        EXPECT_EQ(normalise_domain(one.name), one.name);
        EXPECT_TRUE(seen.emplace(one.name).second) << one.name;
    }
}

TEST(EssentialNames, KeepDevicesOnlineAndOpenNoDoor) {
    const Compiled policy{{.mode = model::Mode::AllowListed}};
    for (const auto* name : {"connectivitycheck.gstatic.com", "captive.apple.com", "www.msftconnecttest.com",
                             "ipv6.msftconnecttest.com", "dns.msftncsi.com", "detectportal.firefox.com", "nmcheck.gnome.org",
                             "network-test.debian.org", "2.android.pool.ntp.org", "de.pool.ntp.org", "time.apple.com",
                             "time.windows.com", "time3.google.com", "time.android.com", "time.cloudflare.com"})
        EXPECT_EQ(policy.name(phone, name).layer, Layer::Essential) << name;
    for (const auto* name :
         {"google.com", "www.google.com", "gstatic.com", "fonts.gstatic.com", "x.connectivitycheck.gstatic.com", "apple.com",
          "x.captive.apple.com", "microsoft.com", "firefox.com", "www.gnome.org", "ntp.org", "www.ntp.org", "ubuntu.com",
          "cloudflare.com", "one.one.one.one", "android.com", "xpool.ntp.org", "tunnel.time.google.com"})
        EXPECT_TRUE(policy.name(phone, name).is_denied()) << name;
}

TEST(RulesImage, WhatIsNoWholeImageIsRefused) {
    const auto image = compile({.domains = {{.domain = "example.org"}}}, 1);
    ASSERT_TRUE(Engine::open(image, {}));
    for (std::size_t size = 0; size < image.size(); size += 7)
        EXPECT_FALSE(Engine::open(BytesView{image}.first(size), {})) << size;
    for (std::size_t at = 0; at < image.size(); ++at) {
        auto damaged = image;
        damaged[at] ^= std::byte{0x10};
        EXPECT_FALSE(Engine::open(damaged, {})) << "byte " << at;
    }
    auto longer = image;
    longer.push_back({});
    EXPECT_FALSE(Engine::open(longer, {}));
}

/// As somebody would write it who knows how: the checksum fits, the rows are nonsense.
TEST(RulesImage, ADamagedImageWithAFittingChecksumNeverReadsOutside) {
    const auto prefix = parse_ip_prefix("192.0.2.0/24").value();
    const auto image = compile({.groups = {{.name = "guests", .devices = {phone}}},
                                .domains = {{.domain = "example.org"}, {.domain = "a.net", .scope = {.device = phone}}},
                                .addresses = {{.prefix = prefix}},
                                .categories = {{.category = "games"}}},
                               1);
    std::mt19937 random{3};
    std::size_t opened = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto damaged = Bytes(image.begin(), image.end());
        for (auto count = 1 + random() % 4; count > 0; --count)
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        const auto checksum = image::checksum_of(damaged);
        std::memcpy(damaged.data() + offsetof(image::Header, checksum), &checksum, sizeof checksum);
        const auto engine = Engine::open(damaged, {});
        if (!engine) continue;
        ++opened;
        for (const auto& device : {std::optional<Mac>{}, std::optional{phone}}) {
            const auto subject = engine->subject(device);
            const auto verdict = engine->decide_name(subject, "www.example.org");
            engine->describe(verdict);
            engine->pointer(verdict);
            engine->decide_address(subject, to_mapped(Ipv4{0xc0000201}), Transport::Tcp, 443);
        }
        engine->unknown_tags();
    }
    EXPECT_GT(opened, 1000U);
}

}  // namespace
}  // namespace vivi::policy
