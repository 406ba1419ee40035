// Names in many pieces: segments and QUIC packets late, twice, overlapping, and more of them than there is room for.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/inspector.hpp"

#include <gmock/gmock.h>

#include "common/wire/transport.hpp"
#include "tests/common/wire/hellos.hpp"
#include "tests/common/wire/quic_initials.hpp"

namespace vivi::pcapd {
namespace {

using model::NameSource;
using test::bytes_of;
using test::crypto_frame;
using test::initial_packet;

constexpr std::size_t segment_bytes = 1'448;

/// One flow after another through an inspector.
struct Inspected {
    explicit Inspected(InspectorLimits limits = {}) : inspector{limits, {1, 2}} {}

    void syn(std::uint32_t sequence) { see({.protocol = wire::transport::tcp, .sequence = sequence, .opens = true}); }
    void segment(std::uint32_t sequence, BytesView payload) {
        see({.protocol = wire::transport::tcp, .sequence = sequence, .payload = payload});
    }
    void segment(std::uint32_t sequence, std::string_view text) { segment(sequence, as_bytes(text)); }
    void datagram(const Bytes& payload) { see({.protocol = wire::transport::udp, .payload = payload}); }
    void see(const Packet& packet) {
        if (state.phase == Inspection::Phase::Over) return;
        const auto found = inspector.inspect(flow, state, packet, now);
        if (!found) return;
        EXPECT_FALSE(visited) << "a flow is named once";
        visited = found;
    }
    void next_flow() {
        inspector.forget(flow, state);
        start_another();
    }
    /// The one before is still under way.
    void start_another() {
        ++flow;
        state = {};
        visited.reset();
    }
    std::string name() const { return visited ? std::string{visited->name.text()} : ""; }
    bool is_over() const { return state.phase == Inspection::Phase::Over; }

    Inspector inspector;
    std::uint32_t flow = 0;
    Inspection state{};
    std::optional<Visited> visited{};
    Instant now{};
};

/// What came first is in it twice, so that a table of scripts can say "again".
struct Piece {
    std::size_t offset, size;
};

TEST(Inspector, ReadsAHelloInOneSegment) {
    Inspected flow;
    flow.syn(999);
    flow.segment(1'000, bytes_of(test::openssl_tls13_hello));
    EXPECT_EQ(flow.name(), "www.example.org");
    EXPECT_EQ(flow.visited->source, NameSource::Sni);
    EXPECT_TRUE(flow.visited->is_certain);
    EXPECT_TRUE(flow.is_over());
    EXPECT_EQ(flow.inspector.counts().assembling, 0U);
}

TEST(Inspector, ReadsAPostQuantumHelloWhateverTheOrderOfItsSegments) {
    const auto hello = bytes_of(test::chromium_hello);
    ASSERT_GT(hello.size(), segment_bytes) << "it does not fit into one";
    const auto rest = hello.size() - segment_bytes;
    const std::vector<std::vector<Piece>> scripts{
        {{0, segment_bytes}, {segment_bytes, rest}},                      // in order
        {{segment_bytes, rest}, {0, segment_bytes}},                      // the second comes first
        {{0, segment_bytes}, {0, segment_bytes}, {segment_bytes, rest}},  // the first is sent again
        {{0, 1'000}, {500, 1'000}, {1'200, hello.size() - 1'200}},        // overlapping
        {{0, 1}, {1, 4}, {5, 3}, {8, hello.size() - 8}},                  // tiny at the beginning
        {{1'800, hello.size() - 1'800}, {100, 1'700}, {0, 100}},          // backwards
    };
    for (const std::uint32_t first : {1'000U, 0xffff'ff00U}) {  // Numbers turn over in the middle of the second.
        Inspected flow;
        for (const auto& script : scripts) {
            SCOPED_TRACE(testing::PrintToString(&script - scripts.data()));
            flow.syn(first - 1);
            for (const auto& piece : script) {
                EXPECT_FALSE(flow.visited) << "before the last piece nothing is known";
                flow.segment(first + static_cast<std::uint32_t>(piece.offset),
                             BytesView{hello}.subspan(piece.offset, piece.size));
            }
            EXPECT_EQ(flow.name(), "shop.example.com");
            EXPECT_TRUE(flow.visited && !flow.visited->is_certain) << "it has an encrypted_client_hello";
            EXPECT_TRUE(flow.is_over());
            flow.next_flow();
        }
        EXPECT_EQ(flow.inspector.counts().assembling, 0U);
        EXPECT_EQ(flow.inspector.counts().given_up, 0U);
    }
}

TEST(Inspector, ReadsAHelloOfAFlowWhoseSynWasNotSeen) {
    const auto hello = bytes_of(test::chromium_hello);
    Inspected flow;
    flow.segment(5, BytesView{hello}.first(700));
    flow.segment(705, BytesView{hello}.subspan(700));
    EXPECT_EQ(flow.name(), "shop.example.com");
}

TEST(Inspector, ReadsAHelloBehindAPlainBeginning) {
    Inspected flow;
    flow.syn(0);
    flow.segment(1, "EHLO client.example\r\n");
    flow.segment(22, "STARTTLS\r\n");
    EXPECT_FALSE(flow.is_over());
    const auto hello = bytes_of(test::openssl_tls13_hello);
    flow.segment(32, BytesView{hello}.first(100));
    flow.segment(132, BytesView{hello}.subspan(100));
    EXPECT_EQ(flow.name(), "www.example.org");
}

TEST(Inspector, TakesNothingButTheBeginningForABeginning) {
    const auto hello = bytes_of(test::chromium_hello);
    for (const std::string_view disguise : {"G", "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n"}) {
        Inspected flow;
        flow.syn(999);
        flow.segment(1'000 + 1'000, disguise);  // Too early, and it looks like a request; the rest of it came first, so it holds.
        EXPECT_FALSE(flow.visited);
        flow.segment(1'000, BytesView{hello}.first(1'000));
        EXPECT_FALSE(flow.visited) << "the pieces do not make one hello";
        EXPECT_FALSE(flow.is_over());
    }
    Inspected flow;
    flow.syn(999);
    flow.segment(1'000, "ab");
    flow.segment(1'000, Writer{}.put("ab").put(hello).view());
    EXPECT_EQ(flow.name(), "shop.example.com") << "sent again, with more behind it";
}

TEST(Inspector, LeavesFlowsThatAreNeither) {
    Inspected flow;
    flow.syn(0);
    for (std::uint32_t i = 0; i < 5; ++i) flow.segment(1 + i * 4, "data");
    EXPECT_TRUE(flow.is_over());
    flow.next_flow();
    for (int i = 0; i < 4; ++i) flow.datagram(bytes_of("0001 0203"));
    EXPECT_TRUE(flow.is_over());
    flow.next_flow();
    flow.segment(1, "data");
    flow.segment(100'000, "far ahead: much of it was not seen");
    EXPECT_TRUE(flow.is_over());
    EXPECT_EQ(flow.inspector.counts().assembling, 0U);
}

TEST(Inspector, ReadsTheHostOfARequestInPieces) {
    Inspected flow;
    flow.syn(0);
    flow.segment(1, "GET / HTTP/1.1\r\nAccept: */*\r\nHo");
    flow.segment(32, "st: www.example.org\r\n\r\n");
    EXPECT_EQ(flow.name(), "www.example.org");
    EXPECT_EQ(flow.visited->source, NameSource::Http);
    EXPECT_TRUE(flow.visited->is_certain);
}

TEST(Inspector, IsOverWithoutANameWhereThereIsNone) {
    Inspected flow;
    flow.segment(1, bytes_of(test::openssl_nameless_hello));
    EXPECT_TRUE(flow.is_over());
    flow.next_flow();
    flow.segment(1, "GET / HTTP/1.1\r\nHost: 192.0.2.80\r\n\r\n");
    EXPECT_TRUE(flow.is_over());
    EXPECT_FALSE(flow.visited);
}

/// A ClientHello whose name comes first and which is then padded (RFC 7685) to more than is kept.
Bytes endless_hello(std::size_t padding) {
    Writer extensions;
    extensions.u16(0).u16(16).u16(14).u8(0).u16(11).put("example.org");
    extensions.u16(21).u16(static_cast<std::uint16_t>(padding)).zeros(padding);
    Writer body;
    body.u16(0x0303).zeros(32).u8(0).u16(2).u16(0x1301).u8(1).u8(0);
    body.u16(static_cast<std::uint16_t>(extensions.size())).put(extensions.view());
    Writer record;
    record.u8(22).u16(0x0301).u16(static_cast<std::uint16_t>(body.size() + 4)).u8(1).u24(static_cast<std::uint32_t>(body.size()));
    return record.put(body.view()).take_bytes();
}

TEST(Inspector, GivesTheVisibleNameOfAHelloThatIsTooLarge) {
    const auto hello = endless_hello(10'000);
    Inspected flow;
    for (std::size_t at = 0; at < hello.size() && !flow.is_over(); at += 1'000)
        flow.segment(static_cast<std::uint32_t>(at),
                     BytesView{hello}.subspan(at, std::min<std::size_t>(1'000, hello.size() - at)));
    EXPECT_EQ(flow.name(), "example.org");
    EXPECT_FALSE(flow.visited->is_certain) << "an encrypted_client_hello may be in what was not read";
    EXPECT_EQ(flow.inspector.counts().given_up, 1U);
}

TEST(Inspector, CountsThePiecesOfAHelloThatNeverEnds) {
    Inspected flow{{.pieces = 10}};
    const auto hello = bytes_of(test::chromium_hello);
    for (std::uint32_t i = 0; i < 10; ++i) {
        EXPECT_FALSE(flow.is_over());
        flow.segment(i, BytesView{hello}.subspan(i, 1));
    }
    EXPECT_TRUE(flow.is_over());
}

TEST(Inspector, GivesUpTheOldestWhenThereIsNoRoom) {
    Inspected flows{{.assemblies = 2}};
    const auto hello = bytes_of(test::chromium_hello);
    std::vector<Inspection> states;
    for (int i = 0; i < 3; ++i) {
        flows.segment(0, BytesView{hello}.first(1'000));
        states.push_back(flows.state);
        flows.start_another();
    }
    EXPECT_EQ(flows.inspector.counts().assembling, 2U);
    EXPECT_EQ(flows.inspector.counts().given_up, 1U);
    for (std::uint32_t i = 0; i < 3; ++i) {
        flows.flow = i;
        flows.state = states[i];
        flows.visited.reset();
        flows.segment(1'000, BytesView{hello}.subspan(1'000));
        EXPECT_EQ(flows.name(), i == 0 ? "" : "shop.example.com") << i;
        EXPECT_TRUE(flows.is_over());
    }
    EXPECT_EQ(flows.inspector.counts().assembling, 0U);
}

TEST(Inspector, GivesBackTheRoomOfAFlowThatIsForgotten) {
    Inspected flow;
    flow.segment(0, BytesView{bytes_of(test::chromium_hello)}.first(1'000));
    EXPECT_EQ(flow.inspector.counts().assembling, 1U);
    flow.next_flow();
    EXPECT_EQ(flow.inspector.counts().assembling, 0U);
}

TEST(Inspector, ReadsQuicOfBothVersions) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    for (const auto version : {wire::quic::Version::V1, wire::quic::Version::V2}) {
        Inspected flow;
        flow.datagram(initial_packet({.version = version, .frames = crypto_frame(message, 0, message.size())}));
        EXPECT_EQ(flow.name(), "www.example.org");
        EXPECT_EQ(flow.visited->source, NameSource::Quic);
        EXPECT_TRUE(flow.visited->is_certain);
        EXPECT_TRUE(flow.is_over());
    }
}

/// Frames of `message` as Chromium sends them: cut at odd places, in no order, PING and PADDING between.
Bytes scrambled_frames(const Bytes& message, std::size_t from, std::size_t to) {
    const auto third = (to - from) / 3;
    Writer out;
    out.u8(0x01).put(crypto_frame(message, from + 2 * third, to - from - 2 * third)).zeros(7);
    out.put(crypto_frame(message, from, third)).u8(0x01).put(crypto_frame(message, from + third, third));
    return out.take_bytes();
}

TEST(Inspector, ReadsAPostQuantumHelloOverSeveralInitials) {
    const auto message = test::message_of(test::chromium_hello);
    const auto half = message.size() / 2;
    const auto first = initial_packet({.number = 0, .frames = scrambled_frames(message, 0, half)});
    const auto second = initial_packet({.number = 1, .frames = scrambled_frames(message, half, message.size())});
    const std::vector<std::vector<const Bytes*>> scripts{{&first, &second}, {&second, &first}, {&first, &first, &second}};
    for (const auto& script : scripts) {
        Inspected flow;
        for (const auto* datagram : script) {
            EXPECT_FALSE(flow.visited);
            flow.datagram(*datagram);
        }
        EXPECT_EQ(flow.name(), "shop.example.com");
        EXPECT_FALSE(flow.visited->is_certain);
        EXPECT_EQ(flow.inspector.counts().assembling, 0U);
    }
}

TEST(Inspector, KeepsTheKeysWhenTheServerChoseAnotherId) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    Inspected flow;
    flow.datagram(initial_packet({.frames = crypto_frame(message, 0, 100)}));
    flow.datagram(initial_packet({.destination_id = bytes_of("aabbccdd"),
                                  .keys_id = bytes_of(test::sample_id),
                                  .number = 1,
                                  .frames = crypto_frame(message, 100, message.size() - 100)}));
    EXPECT_EQ(flow.name(), "www.example.org");
}

TEST(Inspector, TakesNewKeysAfterARetry) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    Inspected flow;
    flow.datagram(initial_packet({.frames = crypto_frame(message, 0, 100)}));
    flow.datagram(initial_packet({.destination_id = bytes_of("aabbccdd"),
                                  .number = 1,
                                  .token = Bytes(60),
                                  .frames = crypto_frame(message, 0, message.size())}));
    EXPECT_EQ(flow.name(), "www.example.org");
}

TEST(Inspector, ReadsInitialsBehindEarlyData) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    const auto early = bytes_of("d0 00000001 08 8394c8f03e515708 00 05 0102030405");
    const auto initial = initial_packet({.frames = crypto_frame(message, 0, message.size())});
    Inspected flow;
    flow.datagram(early);
    flow.datagram(Writer{}.put(early).put(initial).take_bytes());
    EXPECT_EQ(flow.name(), "www.example.org");
}

TEST(Inspector, BelievesNoInitialThatWasChanged) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    auto changed = initial_packet({.frames = crypto_frame(message, 0, message.size())});
    changed.back() ^= std::byte{1};
    Inspected flow;
    flow.datagram(changed);
    EXPECT_FALSE(flow.visited);
    EXPECT_EQ(flow.inspector.counts().assembling, 0U) << "and no room is spent on it";
    flow.datagram(initial_packet({.frames = crypto_frame(message, 0, message.size())}));
    EXPECT_EQ(flow.name(), "www.example.org");
}

TEST(Inspector, EndsItsPatienceWithQuic) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    Inspected flow;
    for (int i = 0; i < 16; ++i) {
        EXPECT_FALSE(flow.is_over()) << i;
        flow.datagram(initial_packet({.number = static_cast<std::uint8_t>(i), .frames = crypto_frame(message, 0, 10)}));
    }
    EXPECT_TRUE(flow.is_over());
    EXPECT_EQ(flow.inspector.counts().given_up, 1U);
    EXPECT_EQ(flow.inspector.counts().assembling, 0U);
}

TEST(Inspector, DecryptsABoundedNumberOfPacketsASecond) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    const auto datagram = initial_packet({.frames = crypto_frame(message, 0, message.size())});
    Inspected flow{{.initials_a_second = 2}};
    flow.now += 1h;
    for (int i = 0; i < 3; ++i) {
        flow.next_flow();
        flow.datagram(datagram);
        EXPECT_EQ(flow.name(), i < 2 ? "www.example.org" : "");
    }
    EXPECT_EQ(flow.inspector.counts().skipped_initials, 1U);
    flow.now += 1s;
    flow.datagram(datagram);
    EXPECT_EQ(flow.name(), "www.example.org") << "sent again in the next second";
}

}  // namespace
}  // namespace vivi::pcapd
