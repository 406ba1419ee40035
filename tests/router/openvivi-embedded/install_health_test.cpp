// Is a router well with its new version? Judged by what its daemons say.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/install_health.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

using nlohmann::json;
using testing::HasSubstr;

HealthDocuments well() {
    return {{"bridged", json::parse(R"({"firewall":{"loaded":true},"dns":"ok"})")},
            {"dhcpd", json::parse(R"({"networks":[{"name":"lan","problem":""}]})")},
            {"dnsd", json::parse(R"({"daemon":"dnsd"})")},
            {"pcapd", json::parse(R"({"interfaces":[{"name":"br-lan","problem":"","self_test":"passed"}]})")},
            {"openvivi-embedded", json::parse(R"({"tunnel":{"connected":true,"since_seconds":3}})")}};
}

/// With another value at one place of one daemon's document.
std::string missing_with(const std::string& daemon, const char* pointer, const json& value) {
    auto documents = well();
    documents[daemon][json::json_pointer{pointer}] = value;
    return missing_health(documents, Seconds{10});
}

TEST(InstallHealth, ARouterThatIsWellMissesNothing) { EXPECT_EQ(missing_health(well(), Seconds{10}), ""); }

TEST(InstallHealth, EveryDaemonAnswers) {
    for (const auto& [daemon, document] : well()) {
        auto documents = well();
        documents[daemon] = nullptr;
        EXPECT_EQ(missing_health(documents, Seconds{10}), daemon + " does not answer");
    }
}

TEST(InstallHealth, TheTunnelIsOfTheNewVersion) {
    EXPECT_THAT(missing_with("openvivi-embedded", "/tunnel/since_seconds", 11), HasSubstr("of the version before"));
    EXPECT_EQ(missing_with("openvivi-embedded", "/tunnel/since_seconds", 10), "");
    EXPECT_THAT(missing_with("openvivi-embedded", "/tunnel/connected", false), HasSubstr("no tunnel to a hub"));
}

TEST(InstallHealth, DnsIsHeardAndNotOnlyExpected) {
    EXPECT_EQ(missing_with("bridged", "/dns", "waiting"), "DNS does not answer: waiting");
    EXPECT_EQ(missing_with("bridged", "/dns", "fallback"), "DNS does not answer: fallback");
    EXPECT_EQ(missing_with("bridged", "/firewall/loaded", false), "the packet filter is not loaded");
}

TEST(InstallHealth, DhcpAnswersOnEveryNetwork) {
    EXPECT_THAT(missing_with("dhcpd", "/networks/0/problem", "no such device"),
                HasSubstr("DHCP does not answer: no such device"));
}

TEST(InstallHealth, PcapdHasSeenItsOwnFrameOnEveryInterface) {
    EXPECT_THAT(missing_with("pcapd", "/interfaces/0/self_test", "waiting"), HasSubstr("self-test waiting"));
    EXPECT_THAT(missing_with("pcapd", "/interfaces/0/self_test", "failed"), HasSubstr("self-test failed"));
    EXPECT_THAT(missing_with("pcapd", "/interfaces/0/problem", "is down"), HasSubstr("captures nothing: is down"));
    EXPECT_THAT(missing_with("pcapd", "/interfaces", json::array()), HasSubstr("watches no interface"));
    auto documents = well();
    documents["pcapd"]["interfaces"] = documents["dhcpd"]["networks"] = json::array();
    EXPECT_EQ(missing_health(documents, Seconds{10}), "") << "a router without a network watches none";
}

TEST(InstallHealth, AllThatIsMissingIsSaidAtOnce) {
    auto documents = well();
    documents["dnsd"] = nullptr;
    documents["bridged"]["dns"] = "closed";
    EXPECT_EQ(missing_health(documents, Seconds{10}), "DNS does not answer: closed; dnsd does not answer");
}

}  // namespace
}  // namespace vivi::openvivi_embedded
