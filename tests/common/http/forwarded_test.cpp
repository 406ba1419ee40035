// Whose word counts about who asked: the configured proxies', and nobody else's.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/forwarded.hpp"

#include <gmock/gmock.h>

namespace vivi::http {
namespace {

std::vector<IpPrefix> prefixes(std::initializer_list<const char*> texts) {
    std::vector<IpPrefix> all;
    for (const auto* const text : texts) all.push_back(parse_ip_prefix(text).value());
    return all;
}

struct Seen {
    std::string peer{};
    std::string scheme{};
    bool operator==(const Seen&) const = default;
};
void PrintTo(const Seen& seen, std::ostream* out) { *out << seen.peer << " (" << seen.scheme << ")"; }

Seen seen(const Proxies& proxies, std::string peer, Headers headers) {
    Request request{.headers = std::move(headers), .peer = std::move(peer)};
    proxies.apply(request);
    return {request.peer, request.scheme};
}

class ProxiesTest : public testing::Test {
protected:
    const Proxies x_forwarded{prefixes({"10.0.0.0/8", "fd00::/8"}), ForwardedField::XForwardedFor};
    const Proxies forwarded{prefixes({"10.0.0.0/8", "fd00::/8"}), ForwardedField::Forwarded};
};

TEST_F(ProxiesTest, AreBelieved) {
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https"}}),
              (Seen{"192.0.2.7", "https"}));
    EXPECT_EQ(seen(forwarded, "10.0.0.1", {{"forwarded", "for=192.0.2.7;proto=https;by=10.0.0.1"}}),
              (Seen{"192.0.2.7", "https"}));
    EXPECT_EQ(seen(forwarded, "fd00::1", {{"forwarded", R"(for="[2001:db8::17]:4711")"}}), (Seen{"2001:db8::17", ""}));
}

TEST_F(ProxiesTest, NobodyElseIsBelieved) {
    const Headers lies{
        {"x-forwarded-for", "127.0.0.1"}, {"x-forwarded-proto", "https"}, {"forwarded", "for=127.0.0.1;proto=https"}};
    EXPECT_EQ(seen(x_forwarded, "192.0.2.9", lies), (Seen{"192.0.2.9", ""}));
    EXPECT_EQ(seen(forwarded, "192.0.2.9", lies), (Seen{"192.0.2.9", ""}));
    EXPECT_EQ(seen(Proxies{}, "10.0.0.1", lies), (Seen{"10.0.0.1", ""})) << "none is configured";
    EXPECT_EQ(seen(x_forwarded, "unix", lies), (Seen{"unix", ""}));
}

TEST_F(ProxiesTest, WhatTheClientWroteItselfStandsLeftOfWhatCounts) {
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "127.0.0.1, 10.9.9.9, 192.0.2.7"}}).peer, "192.0.2.7");
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "127.0.0.1"}, {"x-forwarded-for", "192.0.2.7, 10.0.0.2"}}).peer,
              "192.0.2.7")
        << "two fields are one list, and two proxies a chain";
    EXPECT_EQ(seen(forwarded, "10.0.0.1", {{"forwarded", "for=127.0.0.1;proto=https, for=192.0.2.7;proto=http"}}),
              (Seen{"192.0.2.7", "http"}));
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https, http"}}).scheme,
              "http");
}

TEST_F(ProxiesTest, TheFieldThatTheyDoNotWriteIsNotRead) {
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"forwarded", "for=192.0.2.7;proto=https"}}), (Seen{"10.0.0.1", ""}));
    EXPECT_EQ(seen(forwarded, "10.0.0.1", {{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https"}}),
              (Seen{"10.0.0.1", ""}));
}

TEST_F(ProxiesTest, WhatCannotBeReadEndsTheWay) {
    for (const auto* const hidden : {"for=_secret", "for=unknown", "by=10.0.0.1", R"(for="broken)", "for==", "nonsense", ""}) {
        EXPECT_EQ(seen(forwarded, "10.0.0.1", {{"forwarded", std::string{"for=127.0.0.1, "} + hidden}}).peer, "10.0.0.1")
            << hidden;
    }
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "127.0.0.1, unknown"}}).peer, "10.0.0.1");
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {{"x-forwarded-for", "127.0.0.1, unknown, 10.0.0.2"}}).peer, "10.0.0.2");
    EXPECT_EQ(seen(x_forwarded, "10.0.0.1", {}).peer, "10.0.0.1");
}

TEST_F(ProxiesTest, AMappedAddressIsTheIpv4OneItMeans) {
    EXPECT_EQ(seen(x_forwarded, "::ffff:10.0.0.1", {{"x-forwarded-for", "192.0.2.7"}}).peer, "192.0.2.7");
    EXPECT_EQ(seen(x_forwarded, "::ffff:192.0.2.9", {}).peer, "192.0.2.9");
}

TEST(ForwardedNode, IsAnAddressWithOrWithoutPort) {
    for (const auto* const good : {"192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"})
        EXPECT_TRUE(parse_node(good)) << good;
    for (const auto* const bad : {"", "192.0.2.1:", "192.0.2.1:x", "192.0.2.256", "[2001:db8::1", "[2001:db8::1]80",
                                  "[192.0.2.1]", "192.0.2.1:123456", "_hidden", "unknown", "example.org"})
        EXPECT_FALSE(parse_node(bad)) << bad;
}

TEST(ForwardedField, IsReadByItsGrammar) {
    EXPECT_EQ(parse_forwarded("for=192.0.2.43, for=198.51.100.17;by=203.0.113.60;proto=http").value().size(), 2U)
        << "the examples of RFC 7239 section 4";
    EXPECT_EQ(parse_forwarded(R"(For="[2001:db8:cafe::17]:4711")").value().at(0).client, parse_ipv6("2001:db8:cafe::17"));
    EXPECT_EQ(parse_forwarded("host=\"a, for=127.0.0.1\";for=192.0.2.1").value().size(), 1U) << "a comma in quotes parts nothing";
    for (const auto* const bad : {"for", "for=a b", "=x", "for=\"a\\\"b\"", "for=\"a", "for=\"a\"b", "f or=a"})
        EXPECT_FALSE(parse_forwarded(bad)) << bad;
}

}  // namespace
}  // namespace vivi::http
