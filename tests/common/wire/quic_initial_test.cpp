// Initial packets: the RFCs' own are read, changed ones are not, and nothing behind the end is touched.
// SPDX-License-Identifier: Apache-2.0
#include "tests/common/wire/quic_initials.hpp"

#include <gmock/gmock.h>

#include "common/wire/tls_hello.hpp"
#include "tests/common/wire/hellos.hpp"

namespace vivi::wire::quic {
namespace {

using test::bytes_of;
using test::crypto_frame;
using test::initial_packet;
using testing::ElementsAre;

/// Opens the packets of a client one after another, as whoever watches it does.
struct Reading {
    std::optional<Bytes> frames_of(BytesView datagram) {
        const auto packet = parse(datagram);
        if (!packet || packet->kind != Kind::Initial) return std::nullopt;
        const auto opened = open(*packet, client_keys(packet->version, packet->destination_id), aes, room);
        if (!opened) return std::nullopt;
        return Bytes{opened->begin(), opened->end()};
    }
    crypto::Aes128 aes{};
    Bytes room = Bytes(2'048);
};

std::vector<std::uint64_t> offsets_in(BytesView frames) {
    std::vector<std::uint64_t> offsets;
    CryptoFrames in{frames};
    while (const auto frame = in.next()) offsets.push_back(frame->offset);
    return offsets;
}

struct Sample {
    const char* name;
    Version version;
    std::string_view key, iv, header_key, packet;
};
// RFC 9001 appendix A.1 and A.2, RFC 9369 appendix A.1 and A.2.
constexpr Sample samples[] = {
    {"version 1", Version::V1, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2",
     test::sample_client_initial_v1},
    {"version 2", Version::V2, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9",
     test::sample_client_initial_v2},
};

TEST(QuicInitial, DerivesTheKeysOfTheRfcs) {
    for (const auto& sample : samples) {
        SCOPED_TRACE(sample.name);
        const auto keys = client_keys(sample.version, bytes_of(test::sample_id));
        EXPECT_EQ(crypto::to_hex(keys.key), sample.key);
        EXPECT_EQ(crypto::to_hex(keys.iv), sample.iv);
        EXPECT_EQ(crypto::to_hex(keys.header), sample.header_key);
    }
}

TEST(QuicInitial, OpensTheSamplesOfTheRfcs) {
    auto frames = bytes_of(test::sample_client_crypto_frame);
    frames.resize(1'162);
    Reading reading;
    for (const auto& sample : samples) {
        SCOPED_TRACE(sample.name);
        const auto datagram = bytes_of(sample.packet);
        ASSERT_EQ(datagram.size(), 1'200U);
        const auto packet = parse(datagram);
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->version, sample.version);
        EXPECT_EQ(packet->kind, Kind::Initial);
        EXPECT_EQ(packet->number_at, 18U);
        EXPECT_TRUE(packet->rest.empty());
        EXPECT_EQ(reading.frames_of(datagram), frames);
        CryptoFrames in{frames};
        const auto hello = tls::parse_client_hello_message(in.next()->data);
        ASSERT_TRUE(hello);
        EXPECT_EQ(hello->server_name.text(), "example.com");
        EXPECT_TRUE(hello->is_complete);
    }
}

TEST(QuicInitial, DoesNotOpenWhatTheServerSays) {
    const auto datagram = bytes_of(test::sample_server_initial_v1);
    const auto packet = parse(datagram);
    ASSERT_TRUE(packet);
    EXPECT_TRUE(packet->destination_id.empty());
    EXPECT_EQ(packet->number_at, 18U);
    Reading reading;
    EXPECT_EQ(open(*packet, client_keys(Version::V1, bytes_of(test::sample_id)), reading.aes, reading.room).error(),
              ParseError::Malformed);
}

TEST(QuicInitial, NeverReadsBehindTheEnd) {
    Reading reading;
    for (const auto& sample : samples) {
        const auto whole = bytes_of(sample.packet);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto cut = test::prefix_of(whole, size);
            EXPECT_EQ(parse(cut).error(), ParseError::Truncated) << size;
            EXPECT_FALSE(reading.frames_of(cut)) << size;
        }
    }
}

TEST(QuicInitial, OpensNothingThatWasChanged) {
    Reading reading;
    const auto whole = bytes_of(test::sample_client_initial_v1);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const auto bit : {std::byte{0x01}, std::byte{0x80}}) {
            auto changed = whole;
            changed[at] ^= bit;
            EXPECT_FALSE(reading.frames_of(changed)) << at;
        }
    }
}

TEST(QuicInitial, LeavesOtherVersionsAlone) {
    EXPECT_EQ(parse(bytes_of("c0 00000000 08 8394c8f03e515708 00 00000001 6b3343cf")).error(), ParseError::Unsupported)
        << "version negotiation";
    EXPECT_EQ(parse(bytes_of("c0 ff00001d 08 8394c8f03e515708 00 00 449e")).error(), ParseError::Unsupported) << "draft 29";
    EXPECT_EQ(parse(bytes_of("c0 1a2a3a4a 08 8394c8f03e515708 00 00 449e")).error(), ParseError::Unsupported)
        << "a GREASE version";
    EXPECT_EQ(parse(bytes_of("40 8394c8f03e515708 0000")).error(), ParseError::Unsupported) << "a short header";
    EXPECT_EQ(parse(bytes_of("c0 00000001 15" + std::string(42, '0') + "00 00 00")).error(), ParseError::Malformed)
        << "an id of 21 bytes";
}

TEST(QuicInitial, KnowsTheKindsOfBothVersions) {
    const auto kind_of = [](std::string_view first, std::string_view version, std::string_view after_ids) {
        return parse(bytes_of(std::string{first} + std::string{version} + "00 00" + std::string{after_ids}))->kind;
    };
    EXPECT_EQ(kind_of("c0", "00000001", "00 01 aa"), Kind::Initial);
    EXPECT_EQ(kind_of("80", "00000001", "00 01 aa"), Kind::Initial) << "RFC 9287: the fixed bit may be 0";
    EXPECT_EQ(kind_of("d0", "00000001", "01 aa"), Kind::ZeroRtt);
    EXPECT_EQ(kind_of("e0", "00000001", "01 aa"), Kind::Handshake);
    EXPECT_EQ(kind_of("f0", "00000001", "aabb"), Kind::Retry);
    EXPECT_EQ(kind_of("d0", "6b3343cf", "00 01 aa"), Kind::Initial);
    EXPECT_EQ(kind_of("e0", "6b3343cf", "01 aa"), Kind::ZeroRtt);
    EXPECT_EQ(kind_of("f0", "6b3343cf", "01 aa"), Kind::Handshake);
    EXPECT_EQ(kind_of("c0", "6b3343cf", "aabb"), Kind::Retry);
}

TEST(QuicInitial, TakesCoalescedPacketsApart) {
    const auto message = test::message_of(test::openssl_tls13_hello);
    const auto first = initial_packet({.frames = crypto_frame(message, 0, 100), .least_bytes = 0});
    const auto zero_rtt = bytes_of("d0 00000001 08 8394c8f03e515708 00 05 0102030405");
    const auto second = initial_packet({.number = 1, .frames = crypto_frame(message, 100, 50), .least_bytes = 0});
    const auto datagram = Writer{}.put(first).put(zero_rtt).put(second).zeros(30).take_bytes();

    Reading reading;
    const auto one = parse(datagram);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->bytes.size(), first.size());
    const auto two = parse(one->rest);
    ASSERT_TRUE(two);
    EXPECT_EQ(two->kind, Kind::ZeroRtt);
    const auto frames = reading.frames_of(two->rest);
    ASSERT_TRUE(frames);
    EXPECT_THAT(offsets_in(*frames), ElementsAre(100U));
    EXPECT_EQ(parse(parse(two->rest)->rest).error(), ParseError::Unsupported) << "what fills the datagram";
}

TEST(QuicInitial, ReadsPacketsWithATokenAndALaterNumber) {
    Reading reading;
    const auto message = test::message_of(test::openssl_tls13_hello);
    const auto datagram = initial_packet({.number = 200, .token = Bytes(300), .frames = crypto_frame(message, 7, 20)});
    const auto frames = reading.frames_of(datagram);
    ASSERT_TRUE(frames);
    EXPECT_THAT(offsets_in(*frames), ElementsAre(7U));
}

TEST(QuicInitial, RefusesRoomThatIsTooSmall) {
    const auto datagram = bytes_of(test::sample_client_initial_v1);
    crypto::Aes128 aes;
    Bytes room(1'199);
    EXPECT_EQ(open(*parse(datagram), client_keys(Version::V1, bytes_of(test::sample_id)), aes, room).error(),
              ParseError::Unsupported);
}

TEST(QuicFrames, SkipsWhatElseMayStandInAnInitial) {
    const auto frames = bytes_of(
        "00 00 01"                 // PADDING, PING
        "02 05 00 01 00 02 03"     // ACK: largest, delay, one range more, first range, gap, length
        "06 05 02 aabb"            // CRYPTO
        "03 05 00 00 00 01 02 03"  // ACK with counts of ECN
        "1c 00 06 03 616263"       // CONNECTION_CLOSE
        "06 4123 01 cc 00");
    CryptoFrames in{frames};
    const auto first = in.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->offset, 5U);
    EXPECT_EQ(crypto::to_hex(first->data), "aabb");
    const auto second = in.next();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->offset, 0x123U);
    EXPECT_EQ(crypto::to_hex(second->data), "cc");
    EXPECT_FALSE(in.next());
    EXPECT_FALSE(in.next()) << "and stays at its end";
}

TEST(QuicFrames, StopsAtWhatItCannotRead) {
    const auto none = [](std::string_view hex) { return !CryptoFrames{bytes_of(hex)}.next(); };
    EXPECT_TRUE(none(""));
    EXPECT_TRUE(none("06 00 05 aabb")) << "longer than the packet";
    EXPECT_TRUE(none("06 00 ffffffffffffffff aabb"));
    EXPECT_TRUE(none("08 00 01 aa 06 00 01 aa")) << "a STREAM frame does not belong here";
    EXPECT_TRUE(none("02 05 00 ffffffffffffffff 00 06 00 01 aa")) << "more ranges than bytes";
    EXPECT_TRUE(none("1c 00 06 ff 06 00 01 aa"));
    EXPECT_TRUE(none("06 00"));
}

}  // namespace
}  // namespace vivi::wire::quic
