// What a guest reads who followed a blocked name to the router.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/guest_page.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Response page(std::string host, std::string languages = "", const BlockedBy& by = {}) {
    http::Request request{.method = "GET", .target = "/watch?v=1"};
    if (!host.empty()) request.headers.emplace_back("host", std::move(host));
    if (!languages.empty()) request.headers.emplace_back("accept-language", std::move(languages));
    return guest_page(request, by);
}

TEST(GuestPage, NamesWhatIsBlockedAndWhomToAsk) {
    const auto answer = page("Video.Example.:8080");
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body, HasSubstr("<strong>video.example</strong>"));
    EXPECT_THAT(answer.body, HasSubstr("Ask the organisers"));
    EXPECT_EQ(http::find(answer.headers, "cache-control"), "no-store");
}

TEST(GuestPage, NamesTheRuleAndItsReasonWhereTheyAreKnown) {
    const auto answer = page("video.example", "", {.rule = "domain video.example (deny, everybody)", .reason = "<b>bandwidth"});
    EXPECT_THAT(answer.body, HasSubstr("<strong>domain video.example (deny, everybody)</strong>"));
    EXPECT_THAT(answer.body, HasSubstr("&lt;b&gt;bandwidth"));
    EXPECT_THAT(page("video.example").body, Not(HasSubstr("The rule")));
}

TEST(GuestPage, SpeaksFrenchToWhoeverPrefersIt) {
    const auto answer = page("video.example", "fr-CA,fr;q=0.9,en;q=0.5");
    EXPECT_THAT(answer.body, HasSubstr("<html lang=\"fr\">"));
    EXPECT_THAT(answer.body, HasSubstr("bloqué"));
    EXPECT_THAT(page("video.example", "en-GB,fr;q=0.5").body, HasSubstr("<html lang=\"en\">"));
}

TEST(GuestPage, RepeatsNothingThatIsNotAHostName) {
    for (const auto* host : {"<script>alert(1)</script>", "10.66.0.1", "[::1]:80", "a b", "\"onload=\"x", ""}) {
        const auto answer = page(host);
        EXPECT_THAT(answer.body, HasSubstr("blocked this site")) << host;
        EXPECT_THAT(answer.body, Not(HasSubstr("script"))) << host;
    }
}

TEST(GuestPage, SaysWhomToAskAsTheConfigurationSays) {
    const http::Request request{.method = "GET", .target = "/", .headers = {{"host", "video.example"}}};
    const auto body = guest_page(request, {}, "Desk <3>").body;
    EXPECT_THAT(body, HasSubstr("Whom to ask: <strong>Desk &lt;3&gt;</strong>"));
    EXPECT_THAT(page("video.example").body, Not(HasSubstr("Whom to ask")));
}

}  // namespace
}  // namespace vivi::openvivi_embedded
