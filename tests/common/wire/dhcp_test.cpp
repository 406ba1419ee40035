// DHCPv4 messages in both directions, and what strangers send.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dhcp.hpp"

#include <gmock/gmock.h>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::dhcp {
namespace {

using test::bytes_of;
using testing::ElementsAre;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};
constexpr Ipv4 server{0x0a420001}, address{0x0a420032};

/// The fixed part (RFC 2131 figure 1) with the given op, sname and file, then the cookie and `options`.
Bytes frame(std::string_view options, std::uint8_t op = 1, std::string_view sname = "", std::string_view file = "") {
    Writer out;
    out.u8(op).u8(1).u8(6).u8(0).u32(0x01020304).u16(9).u16(0x8000);
    out.u32(0).u32(0).u32(0).u32(0).put(std::as_bytes(std::span{phone.octets})).zeros(10);
    const auto field = [&](std::string_view hex, std::size_t size) {
        const auto bytes = bytes_of(hex);
        out.put(bytes).zeros(size - bytes.size());
    };
    field(sname, 64);
    field(file, 128);
    return out.u32(0x63825363).put(bytes_of(options)).take_bytes();
}

std::string repeat(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

struct Row {
    const char* name;
    Message message;
    const char* options;  ///< As serialized, without the padding.
};

class Table : public testing::TestWithParam<Row> {};

TEST_P(Table, SerializesToTheBytes) {
    const auto& [name, message, options] = GetParam();
    const auto bytes = serialize(message);
    EXPECT_GE(bytes.size(), 300U) << "RFC 1542 section 2.1: some clients and relays drop shorter ones";
    const auto expected = bytes_of(options);
    ASSERT_GE(bytes.size(), 240 + expected.size());
    EXPECT_EQ(crypto::to_hex(BytesView{bytes}.subspan(240, expected.size())), crypto::to_hex(expected));
}

TEST_P(Table, ParsesBackToTheSame) {
    const auto& [name, message, options] = GetParam();
    const auto parsed = parse(serialize(message));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, message);
}

INSTANTIATE_TEST_SUITE_P(
    Dhcp, Table,
    testing::Values(
        Row{"Discover", {.type = Type::Discover, .xid = 7, .chaddr = phone, .parameters = {1, 3, 6}}, "350101 3703 01 03 06 ff"},
        Row{"Request",
            {.type = Type::Request, .chaddr = phone, .requested = address, .server_id = server, .hostname = "phone"},
            "350103 3604 0a420001 3204 0a420032 0c05 70686f6e65 ff"},
        Row{"Ack",
            {.type = Type::Ack,
             .broadcast = true,
             .yiaddr = address,
             .chaddr = phone,
             .server_id = server,
             .lease = 3600s,
             .renewal = 1800s,
             .rebinding = 3150s,
             .subnet_mask = Ipv4{0xfffffc00},
             .broadcast_address = Ipv4{0x0a4203ff},
             .routers = {server},
             .dns = {server, Ipv4{0x08080808}},
             .ntp = {server},
             .domain = "lan"},
            "350105 3604 0a420001 3304 00000e10 3a04 00000708 3b04 00000c4e 0104 fffffc00 0304 0a420001"
            "0608 0a420001 08080808 1c04 0a4203ff 2a04 0a420001 0f03 6c616e ff"},
        Row{"Nak",
            {.type = Type::Nak, .chaddr = phone, .server_id = server, .message = "no"},
            "350106 3604 0a420001 3802 6e6f ff"},
        Row{"InfiniteLease",
            {.type = Type::Ack, .chaddr = phone, .server_id = server, .lease = Seconds{0xffffffff}},
            "350105 3604 0a420001 3304 ffffffff ff"},
        Row{"ClientId",
            {.type = Type::Release, .ciaddr = address, .chaddr = phone, .client_id = test::bytes_of("01020000000001")},
            "350107 3d07 01020000000001 ff"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(Dhcp, ReadsTheFixedPart) {
    const auto message = parse(frame("350101ff"));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->xid, 0x01020304U);
    EXPECT_TRUE(message->broadcast);
    EXPECT_EQ(message->chaddr, phone);
}

TEST(Dhcp, AnswersOptionsInTheOrderTheClientAskedFor) {
    const std::vector<std::uint8_t> order{6, 3, 51, 1};
    const auto bytes = serialize({.type = Type::Ack,
                                  .chaddr = phone,
                                  .server_id = server,
                                  .lease = 60s,
                                  .subnet_mask = Ipv4{0xffffff00},
                                  .routers = {server},
                                  .dns = {server}},
                                 {.order = order});
    const auto expected = bytes_of("350105 3604 0a420001 0604 0a420001 0304 0a420001 3304 0000003c 0104 ffffff00 ff");
    EXPECT_EQ(crypto::to_hex(BytesView{bytes}.subspan(240, expected.size())), crypto::to_hex(expected));
}

TEST(Dhcp, JoinsOptionsOfOneCode) {
    const auto message = parse(frame("350101 0c02 7068 3d03 010203 0c03 6f6e65 3d02 0405 ff"));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->hostname, "phone");
    EXPECT_EQ(message->client_id, bytes_of("0102030405"));
}

TEST(Dhcp, ReadsOptionsFromFileAndSnameWhenOverloaded) {
    EXPECT_EQ(parse(frame("350101 340101 0c01 61 ff", 1, "0c0163ff", "0c0162ff"))->hostname, "ab") << "52 = 1: file";
    EXPECT_EQ(parse(frame("350101 340102 0c01 61 ff", 1, "0c0163ff", "0c0162ff"))->hostname, "ac") << "52 = 2: sname";
    EXPECT_EQ(parse(frame("350101 340103 0c01 61 ff", 1, "0c0163ff", "0c0162ff"))->hostname, "abc") << "52 = 3: file, then sname";
    EXPECT_EQ(parse(frame("350101 0c01 61 ff", 1, "0c0163ff", "0c0162ff"))->hostname, "a") << "not overloaded";
}

TEST(Dhcp, AnOverloadInsideFileChangesNothing) {
    const auto message = parse(frame("350101 340101 ff", 1, "0c0163ff", "340103 0c0162ff"));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->hostname, "b");
}

TEST(Dhcp, SplitsALongOption) {
    Message message{.type = Type::Ack, .chaddr = phone, .server_id = server};
    for (std::uint32_t i = 0; i < 100; ++i) message.dns.push_back({i});
    const auto bytes = serialize(message, {.most_bytes = 1472});
    const auto options = BytesView{bytes}.subspan(240 + 9);
    EXPECT_EQ(crypto::to_hex(options.first(2)), "06ff");
    EXPECT_EQ(crypto::to_hex(options.subspan(2 + 255, 2)), "0691") << "the other 145 bytes";
    EXPECT_EQ(parse(bytes)->dns, message.dns);
}

TEST(Dhcp, MovesWhatDoesNotFitToFileAndSname) {
    const Message message{.type = Type::Ack,
                          .chaddr = phone,
                          .server_id = server,
                          .hostname = std::string(60, 'h'),
                          .domain = std::string(120, 'd'),
                          .message = std::string(100, 'm'),
                          .vendor_class = std::string(50, 'v')};
    const auto bytes = serialize(message, {.most_bytes = 300 + 170});
    EXPECT_LE(bytes.size(), 470U);
    EXPECT_EQ(*parse(bytes), message);
    EXPECT_NE(bytes[44], std::byte{0}) << "sname is used";
}

TEST(Dhcp, LeavesOutTheLastRatherThanExceedWhatTheClientTakes) {
    Message message{.type = Type::Ack,
                    .chaddr = phone,
                    .server_id = server,
                    .domain = std::string(250, 'd'),
                    .vendor_class = std::string(250, 'v')};
    const auto bytes = serialize(message);
    EXPECT_LE(bytes.size(), 576U - 28);
    const auto parsed = parse(bytes);
    EXPECT_EQ(parsed->domain, message.domain);
    EXPECT_EQ(parsed->vendor_class, "");
}

struct Bad {
    const char* name;
    Bytes bytes;
    ParseError error;
};

class BadInput : public testing::TestWithParam<Bad> {};

TEST_P(BadInput, IsRefused) {
    const auto parsed = parse(GetParam().bytes);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(), GetParam().error);
}

Bytes altered(Bytes bytes, std::size_t offset, std::uint8_t value) {
    bytes.at(offset) = std::byte{value};
    return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Dhcp, BadInput,
    testing::Values(Bad{"Empty", {}, ParseError::Truncated},
                    Bad{"OneByteShortOfTheCookie", test::prefix_of(frame(""), 239), ParseError::Truncated},
                    Bad{"ExactlyTheFixedPart", frame(""), ParseError::Type},
                    Bad{"WrongCookie", altered(frame("350101ff"), 236, 0), ParseError::Cookie},
                    Bad{"NotEthernet", altered(frame("350101ff"), 1, 6), ParseError::Hardware},
                    Bad{"LongHardwareAddress", altered(frame("350101ff"), 2, 16), ParseError::Hardware},
                    Bad{"NoType", frame("0c0161ff"), ParseError::Type}, Bad{"TypeZero", frame("350100ff"), ParseError::Type},
                    Bad{"TypeOfLeaseQuery", frame("35010aff"), ParseError::Type},
                    Bad{"TwoTypes", frame("350101350103ff"), ParseError::Type},
                    Bad{"EmptyType", frame("3500ff"), ParseError::Type},
                    Bad{"OfferFromAClient", frame("350102ff", 1), ParseError::Type},
                    Bad{"DiscoverFromAServer", frame("350101ff", 2), ParseError::Type},
                    Bad{"OptionRunsPastTheEnd", frame("350101 0c05 61"), ParseError::Truncated},
                    Bad{"OptionWithoutLength", frame("350101 0c"), ParseError::Truncated},
                    Bad{"OptionRunsPastFile", frame("350101 340101 ff", 1, "", repeat("0c06 616161616161", 15) + "0cff"),
                        ParseError::Truncated},
                    Bad{"RequestedOfThreeBytes", frame("350103 3203 0a4200 ff"), ParseError::Option},
                    Bad{"ServerOfFiveBytes", frame("350103 3605 0a42000100 ff"), ParseError::Option},
                    Bad{"RequestedTwice", frame("350103 3204 0a420001 3204 0a420001 ff"), ParseError::Option},
                    Bad{"ClientIdOf256Bytes", frame("350101 3dff" + repeat("aa", 255) + "3d01aa ff"), ParseError::Option}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(Dhcp, BearsWhatOnlyInforms) {
    const auto message = parse(frame("350101 3300 3903 020000 0600 0603 010203 0c00 3700 00 fe00"));
    ASSERT_TRUE(message) << "wrong lengths of options that decide nothing, no End";
    EXPECT_EQ(message->lease, std::nullopt);
    EXPECT_EQ(message->max_size, std::nullopt);
    EXPECT_TRUE(message->dns.empty());
    EXPECT_EQ(message->hostname, "");
}

TEST(Dhcp, TakesClientIdentifiersOfEveryLength) {
    for (const int size : {0, 1, 2, 254, 255}) {
        auto hex = std::string{"350101 3d"} + crypto::to_hex(Bytes{static_cast<std::byte>(size)}) + repeat("ab", size) + "ff";
        const auto message = parse(frame(hex));
        ASSERT_TRUE(message) << size;
        EXPECT_EQ(message->client_id.size(), static_cast<std::size_t>(size));
    }
}

TEST(Dhcp, KeepsAnyHostNameBytes) {
    const auto message = parse(frame("350101 0c06 00ff0a1b2e20 ff"));
    ASSERT_TRUE(message);
    EXPECT_EQ(crypto::to_hex(as_bytes(message->hostname)), "00ff0a1b2e20") << "cleaning is not the wire's business";
}

TEST(Dhcp, EndsWhateverIsCutOff) {
    const auto whole =
        serialize({.type = Type::Ack, .chaddr = phone, .server_id = server, .lease = 60s, .dns = {server}, .domain = "lan"});
    for (std::size_t size = 0; size < whole.size(); ++size) static_cast<void>(parse(test::prefix_of(whole, size)));
}

}  // namespace
}  // namespace vivi::wire::dhcp
