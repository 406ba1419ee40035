// Headers as proxies send them, and everything that is none.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::proxy_header {
namespace {

using test::bytes_of;

const std::string signature = "0d0a0d0a000d0a515549540a";
const std::string ipv4 =
    "21"
    "11"
    "000c"
    "c6336407"
    "cb007101"
    "d431"
    "08ae";  // 198.51.100.7:54321 to 203.0.113.1:2222

std::expected<Header, ParseError> parsed(const std::string& hex) { return parse(bytes_of(signature + hex)); }
std::expected<std::size_t, ParseError> length(const std::string& hex) { return length_of(bytes_of(hex)); }

TEST(ProxyHeader, TellsTheClientOfIpv4) {
    const auto header = parsed(ipv4);
    ASSERT_TRUE(header);
    EXPECT_EQ(to_address_string(header->source.value()), "198.51.100.7");
    EXPECT_EQ(header->port, 54321);
    EXPECT_EQ(length(signature + ipv4), 28u);
}

TEST(ProxyHeader, TellsTheClientOfIpv6) {
    const auto header = parsed(
        "21"
        "21"
        "0024"
        "20010db8000000000000000000000007"
        "20010db8000000000000000000000001"
        "d431"
        "08ae");
    ASSERT_TRUE(header);
    EXPECT_EQ(to_address_string(header->source.value()), "2001:db8::7");
}

TEST(ProxyHeader, PassesOverExtensions) {
    EXPECT_EQ(parsed("21"
                     "11"
                     "0011"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08ae"
                     "0400020000"),
              parsed(ipv4));
}

TEST(ProxyHeader, SpeaksForTheProxyItselfWhenLocal) {
    EXPECT_EQ(parsed("20"
                     "00"
                     "0000"),
              Header{});
    EXPECT_EQ(parsed("20"
                     "11"
                     "000c"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08ae"),
              Header{})
        << "its addresses are to be ignored";
    EXPECT_EQ(parsed("21"
                     "00"
                     "0000"),
              Header{})
        << "nor has it any";
}

TEST(ProxyHeader, RefusesWhatItIsNotFor) {
    EXPECT_EQ(parsed("11"
                     "11"
                     "000c"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08ae")
                  .error(),
              ParseError::Unsupported)
        << "version 1";
    EXPECT_EQ(parsed("22"
                     "11"
                     "000c"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08ae")
                  .error(),
              ParseError::Unsupported)
        << "command 2";
    EXPECT_EQ(parsed("21"
                     "12"
                     "000c"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08ae")
                  .error(),
              ParseError::Unsupported)
        << "UDP";
    EXPECT_EQ(parsed("21"
                     "31"
                     "0000")
                  .error(),
              ParseError::Unsupported)
        << "a unix socket";
    EXPECT_EQ(parsed("21"
                     "11"
                     "000b"
                     "c6336407"
                     "cb007101"
                     "d431"
                     "08")
                  .error(),
              ParseError::Malformed)
        << "too short";
    EXPECT_EQ(parsed(ipv4 + "00").error(), ParseError::Malformed) << "more than it says";
    EXPECT_EQ(parse(bytes_of("5353482d322e302d4f70656e5353485f392e")).error(), ParseError::Malformed) << "SSH-2.0-OpenSSH_9.";
}

TEST(ProxyHeader, EveryCutIsTruncated) {
    const auto whole = bytes_of(signature + ipv4);
    for (std::size_t count = 0; count < whole.size(); ++count)
        EXPECT_EQ(parse(BytesView{whole}.first(count)).error(), ParseError::Truncated) << count;
}

TEST(ProxyHeader, HasABoundedLength) {
    EXPECT_EQ(length(signature + "2111"
                                 "0ff0"),
              4096u);
    EXPECT_EQ(length(signature + "2111"
                                 "0ff1")
                  .error(),
              ParseError::Malformed);
    EXPECT_EQ(length(signature + "21").error(), ParseError::Truncated);
}

}  // namespace
}  // namespace vivi::wire::proxy_header
