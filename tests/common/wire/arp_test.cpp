// ARP messages, both directions.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/arp.hpp"

#include <gtest/gtest.h>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::arp {
namespace {

using test::bytes_of;

const Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, router{{0x02, 0, 0, 0, 0, 0xff}};
const Ipv4 phone_address{0x0a420032}, router_address{0x0a420001};

struct Case {
    const char* name;
    const char* hex;
    Message message;
};

const Case cases[] = {
    {"request",
     "0001 0800 06 04 0001 020000000001 0a420032 000000000000 0a420001",
     {Operation::Request, phone, phone_address, {}, router_address}},
    {"reply",
     "0001 0800 06 04 0002 0200000000ff 0a420001 020000000001 0a420032",
     {Operation::Reply, router, router_address, phone, phone_address}},
    {"probe: whose sender has no address yet",
     "0001 0800 06 04 0001 020000000001 00000000 000000000000 0a420032",
     {Operation::Request, phone, {}, {}, phone_address}},
};

TEST(Arp, ReadsAndWrites) {
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        const auto bytes = bytes_of(one.hex);
        ASSERT_TRUE(parse(bytes));
        EXPECT_EQ(*parse(bytes), one.message);
        EXPECT_EQ(serialize(one.message), bytes);
    }
}

TEST(Arp, IgnoresPadding) {
    const auto bytes = bytes_of(std::string{cases[1].hex} + "000000000000000000000000000000000000");
    EXPECT_EQ(parse(bytes), cases[1].message);
}

TEST(Arp, RefusesOtherKinds) {
    EXPECT_EQ(parse(bytes_of("0006 0800 06 04 0001 020000000001 0a420032 000000000000 0a420001")).error(),
              ParseError::Unsupported);
    EXPECT_EQ(parse(bytes_of("0001 0800 06 04 0003 020000000001 0a420032 000000000000 0a420001")).error(),
              ParseError::Unsupported);
    const auto bytes = bytes_of(cases[0].hex);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse(test::prefix_of(bytes, size))) << size;
}

}  // namespace
}  // namespace vivi::wire::arp
