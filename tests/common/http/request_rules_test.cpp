// What two parsers could understand differently is refused before anybody handles it.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/request_rules.hpp"

#include <gmock/gmock.h>

namespace vivi::http {
namespace {

int status_of(Headers headers, bool is_http_1_0 = false, std::string target = "/") {
    const Request request{.method = "POST", .target = std::move(target), .headers = std::move(headers)};
    const auto refused = refuse({.is_http_1_0 = is_http_1_0, .request = request});
    return refused ? refused->status : 0;
}

TEST(RequestRules, NeedExactlyOneHost) {
    EXPECT_EQ(status_of({{"host", "a"}}), 0);
    EXPECT_EQ(status_of({}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"host", "b"}}), 400);
    EXPECT_EQ(status_of({}, /*is_http_1_0=*/true), 0);
    for (const auto* const host : {"a:80", "[2001:db8::1]:80", "a.example", ""})
        EXPECT_EQ(status_of({{"host", host}}), 0) << host;
    for (const auto* const wrong : {"a folded", "a/b", "user@a", "a,b", "a?b", "a#b", "a\tb"})
        EXPECT_EQ(status_of({{"host", wrong}}), 400) << wrong;
}

TEST(RequestRules, RefuseBodiesWhoseEndIsAMatterOfOpinion) {
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "Chunked"}}), 0);
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "chunked"}, {"content-length", "3"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "gzip, chunked"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "xchunked"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"transfer-encoding", "chunked"}}, /*is_http_1_0=*/true), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"content-length", "3"}, {"content-length", "3"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"content-length", "3, 3"}}), 400);
    EXPECT_EQ(status_of({{"host", "a"}, {"content-length", "3"}}), 0);
}

TEST(RequestRules, KnowOneExpectation) {
    EXPECT_EQ(status_of({{"host", "a"}, {"expect", "100-Continue"}}), 0);
    EXPECT_EQ(status_of({{"host", "a"}, {"expect", "a miracle"}}), 417);
}

TEST(RequestRules, TakeTargetsThatNameSomethingHere) {
    EXPECT_EQ(origin_form("/a?b"), "/a?b");
    EXPECT_EQ(origin_form("http://host:80/a?b"), "/a?b");
    EXPECT_EQ(origin_form("HTTPS://host"), "/");
    EXPECT_EQ(origin_form("http://host?b"), "/?b");
    EXPECT_EQ(origin_form("*"), "*");
    for (const auto* const wrong : {"", "a", "host:443", "ftp://host/", "http:///a", "/a#b"}) {
        EXPECT_EQ(origin_form(wrong), std::nullopt) << wrong;
        EXPECT_EQ(status_of({{"host", "a"}}, false, wrong), 400) << wrong;
    }
}

}  // namespace
}  // namespace vivi::http
