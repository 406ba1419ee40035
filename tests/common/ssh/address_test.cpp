// Addresses of hubs as people write them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "common/ssh/client.hpp"

namespace vivi::ssh {
namespace {

TEST(SshAddress, IsHostAndPort) {
    for (const auto& [text, host, port] : {std::tuple{"hub.vivi.lan:2222", "hub.vivi.lan", 2222},
                                           {"192.0.2.1:22", "192.0.2.1", 22},
                                           {"[2001:db8::1]:443", "2001:db8::1", 443}}) {
        const auto address = parse_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->host, host);
        EXPECT_EQ(address->port, port);
    }
}

TEST(SshAddress, WithoutAWholePortOrWithBareColonsIsRefused) {
    for (const auto* text : {"", "hub", "hub:", ":22", "hub:0", "hub:65536", "hub:22x", "2001:db8::1:22"})
        EXPECT_FALSE(parse_address(text)) << text;
}

}  // namespace
}  // namespace vivi::ssh
