// Whole DNS messages: read and written again they say the same; names, records and parameters keep their bounds.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns_message.hpp"

#include <gmock/gmock.h>

#include <random>

#include "common/wire/dns_message_service.hpp"
#include "common/wire/dns_message_writer.hpp"
#include "tests/common/wire/bytes_of.hpp"
#include "tests/common/wire/dns_messages.hpp"

namespace vivi::wire::dns {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

/// Reads and writes again, record by record.
Bytes rebuilt(const Message& message, std::size_t limit = 65'535) {
    Bytes room(limit);
    MessageWriter writer{room, message.header.id, message.header.flags};
    writer.question(message.question);
    for (const auto& record : message.records) writer.copy(message, record);
    room.resize(writer.finish());
    return room;
}

struct Format {
    const char* name;
    const char* hex;  ///< As MessageWriter compresses it.
    std::size_t records;
};
const std::vector<Format> formats{
    {"a query", "1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001", 0},
    {"an address",
     "1234 8180 0001 0001 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001 c00c 0001 0001 0000012c 0004 c0000250", 1},
    {"an alias and its address",
     "1234 8180 0001 0002 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001"
     "c00c 0005 0001 0000003c 0006 0363646e c010  c02d 0001 0001 0000003c 0004 c0000250",
     2},
    {"SOA",
     "1234 8183 0001 0000 0001 0000 0161 036f7267 00 0001 0001 c00e 0006 0001 00000e10 001d 026e73 c00e 0168 c00e 00000001 "
     "00000002 00000003 00000004 00000005",
     1},
    {"MX", "1234 8180 0001 0001 0000 0000 0161 036f7267 00 000f 0001 c00c 000f 0001 0000003c 0007 000a 026d78 c00c", 1},
    {"SRV keeps its target whole (RFC 2782)",
     "1234 8180 0001 0001 0000 0000 0161 036f7267 00 0021 0001 c00c 0021 0001 0000003c 000d 0001 0002 0050 0161 036f7267 00", 1},
    {"an unknown type (RFC 3597)",
     "1234 8180 0001 0001 0000 0000 0161 036f7267 00 ff00 0001 c00c ff00 0001 0000003c 0004 c00cc00c", 1},
};

TEST(DnsMessage, SaysTheSameWrittenAgain) {
    for (const auto& [name, hex, records] : formats) {
        SCOPED_TRACE(name);
        const auto bytes = bytes_of(hex);
        Message message;
        ASSERT_TRUE(parse_message(bytes, message));
        EXPECT_EQ(message.records.size(), records);
        EXPECT_EQ(rebuilt(message), bytes);
    }
}

TEST(DnsMessage, IsNotReadWhenCut) {
    for (const auto& [name, hex, records] : formats) {
        const auto bytes = bytes_of(hex);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto cut = prefix_of(bytes, size);
            Message message;
            EXPECT_FALSE(parse_message(cut, message)) << name << " at " << size;
        }
    }
}

TEST(DnsMessage, ReadsEdns) {
    Message message;
    const auto bytes = bytes_of("1234 0100 0001 0000 0000 0001 0161 00 0001 0001  00 0029 1000 01028000 0006 000a 0002 abcd");
    ASSERT_TRUE(parse_message(bytes, message));
    ASSERT_TRUE(message.edns);
    EXPECT_EQ(message.edns->payload, 4096);
    EXPECT_EQ(message.edns->extended_rcode, 1);
    EXPECT_EQ(message.edns->version, 2);
    EXPECT_TRUE(message.edns->dnssec_ok);
    EXPECT_EQ(message.edns->options.size(), 6U);
    EXPECT_EQ(message.rcode(), 16);
    const auto small = bytes_of("1234 0100 0001 0000 0000 0001 0161 00 0001 0001  00 0029 0010 00000000 0000");
    ASSERT_TRUE(parse_message(small, message));
    EXPECT_EQ(message.edns->payload, 512) << "RFC 6891 section 6.2.3";
}

TEST(DnsMessage, CountsATtlWithTheTopBitAsZero) {
    Message message;
    const auto bytes = dns_response("a.example", {a(question_pointer(), "192.0.2.1", 0x80000001U)});
    ASSERT_TRUE(parse_message(bytes, message));
    EXPECT_EQ(message.records[0].ttl, 0U) << "RFC 2181 section 8";
}

TEST(DnsMessage, LeavesOutWhatStandsBehindIt) {
    auto bytes = dns_response("a.example", {a(question_pointer(), "192.0.2.1")});
    const auto size = bytes.size();
    bytes.resize(size + 10, std::byte{0x77});
    Message message;
    ASSERT_TRUE(parse_message(bytes, message));
    EXPECT_EQ(message.bytes.size(), size);
}

TEST(DnsMessage, BoundsPointersAndRecords) {
    Message message;
    for (const auto* owner : {"c01b", "c01d", "ffff", "4100", "8001", "0161c01b", "c0"})
        EXPECT_FALSE(parse_message(dns_response("a.example", {a(bytes_of(owner), "192.0.2.1")}), message)) << owner;
    EXPECT_TRUE(
        parse_message(dns_response("a.example", std::vector<DnsRecord>(1024, a(question_pointer(), "192.0.2.1"))), message));
    const auto too_many =
        parse_message(dns_response("a.example", std::vector<DnsRecord>(1025, a(question_pointer(), "192.0.2.1"))), message);
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error(), ParseError::Unsupported);
}

TEST(DnsMessage, RefusesNamesThatGrowBeyond255Octets) {
    // A label of 63 octets before a pointer to a name of 193 octets is 257.
    const std::string label(63, 'a');
    Message message;
    const auto owner = Writer{}.u8(63).put(label).put(question_pointer()).take_bytes();
    EXPECT_FALSE(parse_message(dns_response(label + "." + label + "." + label, {a(owner, "192.0.2.1")}), message));
    const auto shorter = Writer{}.u8(61).put(label.substr(0, 61)).put(question_pointer()).take_bytes();
    EXPECT_TRUE(parse_message(dns_response(label + "." + label + "." + label, {a(shorter, "192.0.2.1")}), message));
}

TEST(DnsWireName, ComparesWithAndWithoutCase) {
    const auto mixed = *WireName::from_text("WwW.Example"), lower = *WireName::from_text("www.example");
    EXPECT_TRUE(mixed.equals(lower));
    EXPECT_FALSE(mixed.is_same(lower));
    EXPECT_FALSE(lower.equals(*WireName::from_text("www.examplf")));
    EXPECT_FALSE(WireName::from_text("a..b"));
    EXPECT_FALSE(WireName::from_text("a."));
    EXPECT_FALSE(WireName::from_text(std::string(64, 'a')));
    EXPECT_TRUE(WireName::from_text("")->is_root());
}

TEST(DnsMessageWriter, NeverWritesBeyondItsRoom) {
    for (std::size_t limit = 64; limit < 200; ++limit) {
        Bytes room(limit);
        MessageWriter writer{room, 1, 0x8180};
        writer.question({.name = *WireName::from_text("www.example.org"), .type = type::a, .klass = class_in});
        int fitted = 0;
        for (int i = 0; i < 10; ++i)
            fitted += writer.address(*WireName::from_text("www.example.org"), to_mapped(Ipv4{1}), 60) ? 1 : 0;
        const auto size = writer.finish();
        EXPECT_LE(size, limit);
        EXPECT_EQ(fitted, std::min<int>(10, (static_cast<int>(limit) - 33) / 16));
        Message message;
        EXPECT_TRUE(parse_message(BytesView{room}.first(size), message));
        EXPECT_EQ(message.records.size(), static_cast<std::size_t>(fitted));
    }
}

TEST(DnsMessageWriter, KeepsItsNamesRightAfterARecordThatDidNotFit) {
    Bytes room(70);
    MessageWriter writer{room, 1, 0x8180};
    writer.question({.name = *WireName::from_text("a.example"), .type = type::ptr, .klass = class_in});
    EXPECT_FALSE(writer.record(Section::Answer, *WireName::from_text("new.zone"), type::txt, 60, Bytes(40)));
    EXPECT_TRUE(writer.pointer(*WireName::from_text("a.example"), *WireName::from_text("new.zone"), 60));
    Message message;
    ASSERT_TRUE(parse_message(BytesView{room}.first(writer.finish()), message));
    EXPECT_TRUE(read_name(message.bytes, message.records[0].data_at)->name.is_same(*WireName::from_text("new.zone")));
}

/// Property: messages of random records survive reading and writing, and reading what was written gives the same bytes again.
TEST(DnsMessage, SurvivesARoundTripWhateverIsInIt) {
    std::mt19937 dice{3};
    const auto roll = [&](unsigned sides) { return static_cast<unsigned>(dice() % sides); };
    const auto name = [&] {
        std::string text;
        for (auto left = roll(4); left > 0; --left) text += std::string(1 + roll(3), static_cast<char>('a' + roll(3))) + ".";
        return labels(text + (roll(2) == 0 ? "example" : "EXAMPLE"));
    };
    for (int round = 0; round < 2000; ++round) {
        std::vector<DnsRecord> records;
        for (auto left = roll(8); left > 0; --left) {
            const auto owner = roll(3) == 0 ? question_pointer() : name();
            switch (roll(6)) {
                case 0: records.push_back(cname(owner, roll(2) == 0 ? question_pointer() : name())); break;
                case 1: records.push_back({owner, type::mx, 60, Writer{}.u16(5).put(name()).take_bytes()}); break;
                case 2: records.push_back({owner, type::srv, 60, Writer{}.u16(1).u16(2).u16(3).put(name()).take_bytes()}); break;
                case 3:
                    records.push_back(
                        {owner, type::soa, 60, Writer{}.put(name()).put(question_pointer()).zeros(20).take_bytes()});
                    break;
                case 4:
                    records.push_back({owner, static_cast<std::uint16_t>(300 + roll(9)), 60, Bytes(roll(50), std::byte{0xc0})});
                    break;
                default: records.push_back(a(owner, "192.0.2.1"));
            }
        }
        const auto bytes = dns_response("w.a.example", records);
        Message first, second;
        ASSERT_TRUE(parse_message(bytes, first));
        const auto once = rebuilt(first);
        ASSERT_TRUE(parse_message(once, second));
        ASSERT_EQ(second.records.size(), first.records.size());
        for (std::size_t i = 0; i < first.records.size(); ++i) {
            const auto &left = first.records[i], &right = second.records[i];
            EXPECT_EQ(left.type, right.type);
            EXPECT_TRUE(read_name(first.bytes, left.owner_at)->name.equals(read_name(second.bytes, right.owner_at)->name));
        }
        EXPECT_EQ(rebuilt(second), once);
    }
}

struct ServiceCase {
    const char* name;
    const char* hex;
    bool is_good;
};

TEST(DnsService, IsReadByItsRules) {
    for (const auto& [name, hex, is_good] : {
             ServiceCase{"alias", "0000 0161 00", true},
             ServiceCase{"service without parameters", "0001 00", true},
             ServiceCase{"alpn and port", "0001 00 0001 0003 026832 0003 0002 01bb", true},
             ServiceCase{"unknown keys", "0001 00 0001 0003 026832 ff00 0000", true},
             ServiceCase{"no target", "0001", false},
             ServiceCase{"keys do not rise", "0001 00 0003 0002 01bb 0001 0003 026832", false},
             ServiceCase{"a key twice", "0001 00 0003 0002 01bb 0003 0002 01bb", false},
             ServiceCase{"a length that does not fit", "0001 00 0001 0004 026832", false},
             ServiceCase{"half a parameter", "0001 00 0001", false},
             ServiceCase{"a hint of three octets", "0001 00 0004 0003 c00002", false},
             ServiceCase{"an empty hint", "0001 00 0006 0000", false},
             ServiceCase{"a compressed target (RFC 9460 section 2.2)", "0001 c00c", false},
         }) {
        const auto bytes = dns_response("a.example", {{question_pointer(), type::https, 60, bytes_of(hex)}});
        Message message;
        ASSERT_TRUE(parse_message(bytes, message));
        const auto service = parse_service(message, message.records[0]);
        EXPECT_EQ(service.has_value(), is_good) << name;
        if (service)
            EXPECT_EQ(reduce(*service, false, [](const Ipv6&) { return true; }), bytes_of(hex)) << name << ": kept as it was";
    }
}

TEST(DnsService, BecomesLessByWhatIsTakenOut) {
    const auto data = bytes_of("0001 00 0000 0006 0001 0004 0005  0001 0003 026832  0004 0008 c0000201 c0000202  0005 0002 beef");
    const auto bytes = dns_response("a.example", {{question_pointer(), type::https, 60, data}});
    Message message;
    ASSERT_TRUE(parse_message(bytes, message));
    const auto service = *parse_service(message, message.records[0]);
    const auto first = to_mapped(Ipv4{0xc0000201});
    EXPECT_EQ(reduce(service, true, [](const Ipv6&) { return true; }),
              bytes_of("0001 00 0000 0004 0001 0004  0001 0003 026832  0004 0008 c0000201 c0000202"));
    EXPECT_EQ(reduce(service, false, [&](const Ipv6& address) { return address != first; }),
              bytes_of("0001 00 0000 0006 0001 0004 0005  0001 0003 026832  0004 0004 c0000202  0005 0002 beef"));
    EXPECT_EQ(reduce(service, true, [](const Ipv6&) { return false; }), bytes_of("0001 00 0000 0002 0001  0001 0003 026832"));
}

}  // namespace
}  // namespace vivi::wire::dns
