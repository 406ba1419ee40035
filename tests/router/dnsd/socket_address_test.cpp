// Addresses of resolvers as people write them, and on their way to the kernel and back.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/socket_address.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <utility>

namespace vivi::dnsd {
namespace {

TEST(SocketAddress, ReadsWhatPeopleWrite) {
    const std::pair<const char*, const char*> good[]{{"127.0.0.1:5335", "127.0.0.1:5335"}, {"10.0.0.53", "10.0.0.53:53"},
                                                     {"[::1]:5335", "[::1]:5335"},         {"[fd00::1]", "[fd00::1]:53"},
                                                     {"fd00::53", "[fd00::53]:53"},        {"0.0.0.0", "0.0.0.0:53"}};
    for (const auto& [text, printed] : good) {
        const auto endpoint = parse_endpoint(text, 53);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(to_string(*endpoint), printed);
    }
    for (const auto* bad : {"", "resolver.example", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:5x", "[::1",
                            "[::1]5335", "[::1]:", ":53"})
        EXPECT_FALSE(parse_endpoint(bad, 53)) << bad;
}

TEST(SocketAddress, ComesBackFromTheKernelAsItWent) {
    for (const auto* text : {"10.66.0.1:53", "[fe80::1]:53", "[2001:db8::1]:40000"}) {
        const auto endpoint = parse_endpoint(text, 1);
        ASSERT_TRUE(endpoint);
        EXPECT_EQ(from_kernel(to_kernel(*endpoint, 3).storage), *endpoint);
    }
    EXPECT_EQ(from_kernel(sockaddr_storage{}), Endpoint{});
}

TEST(SocketAddress, NamesTheInterfaceOfLinkLocalAddressesOnly) {
    const auto scope = [](const char* text) {
        const auto kernel = to_kernel(*parse_endpoint(text, 1), 3);
        sockaddr_in6 in{};
        std::memcpy(&in, &kernel.storage, sizeof in);
        return in.sin6_scope_id;
    };
    EXPECT_EQ(scope("[fe80::1]:53"), 3U);
    EXPECT_EQ(scope("[febf::1]:53"), 3U);
    EXPECT_EQ(scope("[fec0::1]:53"), 0U);
    EXPECT_EQ(scope("[2001:db8::1]:53"), 0U);
}

}  // namespace
}  // namespace vivi::dnsd
