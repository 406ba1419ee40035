// The bytes of vivi-sync/1: what is written is read, and what is wrong is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/sync/frames.hpp"

#include <gmock/gmock.h>

namespace vivi::sync {
namespace {

Epoch epoch_of(std::uint8_t last) {
    Epoch epoch;
    epoch.octets.back() = std::byte{last};
    return epoch;
}

/// The one frame in `bytes`.
Frame only_frame(FrameDecoder& decoder, const Bytes& bytes) {
    decoder.feed(bytes);
    auto frame = decoder.next();
    EXPECT_TRUE(frame && *frame);
    return frame && *frame ? **frame : Frame{};
}

template <class Message, class Parse>
void expect_round_trip(const Message& message, Type type, Parse parse) {
    FrameDecoder decoder;
    const auto bytes = serialize(message);
    const auto frame = only_frame(decoder, bytes);
    EXPECT_EQ(frame.type, type);
    const auto parsed = parse(frame.body);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(*parsed, message);
}

TEST(SyncFrames, EveryMessageSurvivesTheWire) {
    expect_round_trip(
        Hello{.software = "vivi-bridged 0.1.0",
              .boot_id = "b",
              .custody = "",
              .epoch = epoch_of(2),
              .stored = {{.epoch = epoch_of(1), .first = 3, .last = 9}, {.epoch = epoch_of(2), .first = 10, .last = 10}},
              .applied_revision = 7},
        Type::Hello, parse_hello);
    expect_round_trip(Welcome{.router = "r", .durable = {{.epoch = epoch_of(1), .sequence = 5}}}, Type::Welcome, parse_welcome);
    expect_round_trip(Events{{{.epoch = epoch_of(1), .sequence = 1, .topic = "a", .body = "{}"},
                              {.epoch = epoch_of(1), .sequence = 2, .topic = "b.c", .body = std::string(70'000, 'x')}}},
                      Type::Events, parse_events);
    expect_round_trip(Ack{{.epoch = epoch_of(3), .sequence = UINT64_MAX}}, Type::Ack, parse_ack);
    expect_round_trip(Config{.revision = 8, .document = R"({"a":[1,2]})"}, Type::Config, parse_config);
    expect_round_trip(Watch{30s}, Type::Watch, parse_watch);
    expect_round_trip(Bye{.code = "replaced", .detail = "a newer one"}, Type::Bye, parse_bye);
}

TEST(SyncFrames, AnEventsFrameIsTheBytesOfTheDocument) {
    const auto bytes = serialize(Events{{{.epoch = epoch_of(0xab), .sequence = 258, .topic = "t", .body = "{}"}}});
    Writer expected;
    expected.u32(1 + 16 + 8 + 2 + 1 + 4 + 2).u8(3);
    expected.zeros(15).u8(0xab).u64(258).u16(1).put("t").u32(2).put("{}");
    EXPECT_EQ(bytes, expected.take_bytes());
}

TEST(SyncFrames, TheStreamMayBeCutAnywhere) {
    Bytes stream = serialize(Watch{30s});
    for (const auto octet : serialize_ping(7)) stream.push_back(octet);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        FrameDecoder decoder;
        std::vector<Type> types;
        const auto drain = [&] {
            for (auto frame = decoder.next(); frame && *frame; frame = decoder.next()) types.push_back((*frame)->type);
        };
        decoder.feed(BytesView{stream}.first(cut));
        drain();
        decoder.feed(BytesView{stream}.subspan(cut));
        drain();
        EXPECT_THAT(types, testing::ElementsAre(Type::Watch, Type::Ping)) << "cut at " << cut;
    }
}

TEST(SyncFrames, RefusesALengthAboveTheBoundBeforeTheBodyArrives) {
    FrameDecoder decoder;
    Writer bytes;
    decoder.feed(bytes.u32(max_frame_bytes + 1).view());
    const auto frame = decoder.next();
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, Code::Overflow);
}

Bytes body_of(const Bytes& frame) { return {frame.begin() + 5, frame.end()}; }

TEST(SyncFrames, ListsAreAskedForAndAnswered) {
    const std::string sha256(64, 'a');
    const Want want{.sha256 = sha256, .offset = 262'144};
    EXPECT_EQ(parse_want(body_of(serialize(want))), want);
    const Blob blob{.sha256 = sha256, .offset = 10, .size = 13, .chunk = std::string{"a\0\xff", 3}};
    EXPECT_EQ(parse_blob(body_of(serialize(blob))), blob);
    const Blob nothing{.sha256 = sha256};
    EXPECT_EQ(parse_blob(body_of(serialize(nothing))), nothing);
}

TEST(SyncFrames, RefusesListsThatCannotBe) {
    for (const auto* json : {R"({"offset":0})", R"({"sha256":"aa","offset":0})", R"({"sha256":7,"offset":0})"})
        EXPECT_FALSE(parse_want(as_bytes(std::string_view{json}))) << json;
    const std::string sha256(64, 'b');
    EXPECT_FALSE(parse_want(body_of(serialize(Want{.sha256 = std::string(64, 'G')}))));
    EXPECT_FALSE(parse_want(body_of(serialize(Want{.sha256 = sha256, .offset = max_blob_bytes + 1}))));
    const auto whole = body_of(serialize(Blob{.sha256 = sha256}));
    EXPECT_FALSE(parse_blob(BytesView{whole}.subspan(1))) << "too short";
    EXPECT_FALSE(parse_blob(body_of(serialize(Blob{.sha256 = sha256, .offset = 1, .size = 2, .chunk = "ab"}))))
        << "ends beyond the whole";
    EXPECT_FALSE(parse_blob(body_of(serialize(Blob{.sha256 = sha256, .offset = 3, .size = 2}))));
    EXPECT_FALSE(parse_blob(body_of(serialize(Blob{.sha256 = sha256, .size = max_blob_bytes + 1}))));
    const auto frame = serialize(Blob{.sha256 = sha256, .size = max_blob_bytes});
    Bytes longest(frame.begin() + 5, frame.end());
    longest.resize(longest.size() + max_chunk_bytes + 1);
    EXPECT_FALSE(parse_blob(longest));
}

TEST(SyncFrames, RefusesLengthZeroAndUnknownTypesAtOnce) {
    for (const auto type : std::initializer_list<std::uint8_t>{0, 12, 14, 16, 255}) {
        FrameDecoder decoder;
        Writer bytes;
        decoder.feed(bytes.u32(1000).u8(type).view());
        EXPECT_FALSE(decoder.next()) << "type " << int{type};
    }
    FrameDecoder decoder;
    Writer bytes;
    decoder.feed(bytes.u32(0).view());
    EXPECT_FALSE(decoder.next());
}

TEST(SyncFrames, TheLargestEntryFitsIntoAFrame) {
    const std::string topic = "traffic.batch";
    const Events events{{{.epoch = epoch_of(1), .sequence = 1, .topic = topic, .body = std::string(max_entry_body(topic), 'x')}}};
    FrameDecoder decoder;
    const auto parsed = parse_events(only_frame(decoder, serialize(events)).body);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->entries.size(), 1U);
}

TEST(SyncFrames, EventsThatEndInsideAnEntryAreRefused) {
    const auto whole = serialize(Events{{{.epoch = epoch_of(1), .sequence = 1, .topic = "t", .body = "{}"}}});
    const auto body = BytesView{whole}.subspan(5);
    for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(parse_events(body.first(size))) << size;
}

TEST(SyncFrames, UnknownMembersAreIgnoredAndWrongOnesRefused) {
    EXPECT_TRUE(parse_watch(as_bytes(R"({"seconds":3,"new":true})")));
    for (const auto* text : {"", "[]", "{", R"({"seconds":-1})", R"({"seconds":"3"})", R"({"seconds":86401})"})
        EXPECT_FALSE(parse_watch(as_bytes(text))) << text;
    for (const auto* text : {R"({"revision":1})", R"({"revision":1,"document":"text"})", R"({"revision":-1,"document":{}})"})
        EXPECT_FALSE(parse_config(as_bytes(text))) << text;
    EXPECT_FALSE(parse_hello(as_bytes(R"({"protocol":-1})")));
    EXPECT_FALSE(parse_ack(as_bytes("short")));
    EXPECT_FALSE(parse_token(as_bytes("nine byte")));
}

TEST(SyncFrames, ADetailThatIsNotUtf8DoesNotEndTheProcess) {
    FrameDecoder decoder;
    const auto bye = parse_bye(only_frame(decoder, serialize(Bye{.code = "x", .detail = "\xff\xfe"})).body);
    ASSERT_TRUE(bye);
    EXPECT_EQ(bye->code, "x");
}

TEST(SyncFrames, EpochsHaveOneTextForm) {
    const auto text = to_string(epoch_of(0x0f));
    EXPECT_EQ(text, "0000000000000000000000000000000f");
    EXPECT_EQ(parse_epoch(text), epoch_of(0x0f));
    EXPECT_FALSE(parse_epoch("0f"));
    EXPECT_FALSE(parse_epoch(""));
}

}  // namespace
}  // namespace vivi::sync
