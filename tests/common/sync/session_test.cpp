// Both ends of vivi-sync/1 talking to each other, and what each refuses to hear.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/sync/hub_session.hpp"
#include "common/sync/liveness.hpp"
#include "common/sync/router_session.hpp"

namespace vivi::sync {
namespace {

Epoch epoch_of(std::uint8_t last) {
    Epoch epoch;
    epoch.octets.back() = std::byte{last};
    return epoch;
}
const Epoch epoch = epoch_of(1);

Entry entry(std::uint64_t sequence, std::string body = "{}") {
    return {.epoch = epoch, .sequence = sequence, .topic = "traffic.batch", .body = std::move(body)};
}

std::vector<Entry> entries(std::uint64_t first, std::uint64_t last, std::size_t bytes = 2) {
    std::vector<Entry> all;
    for (auto sequence = first; sequence <= last; ++sequence) all.push_back(entry(sequence, std::string(bytes, 'x')));
    return all;
}

/// A router and a hub with nothing between them.
struct Pair {
    RouterSession router{
        Hello{.software = "test", .boot_id = "b", .epoch = epoch, .stored = {{.epoch = epoch, .first = 1, .last = 9}}}};
    HubSession hub{};

    Received<HubSession::Message> to_hub() { return hub.receive(router.take_output()); }
    Received<RouterSession::Message> to_router() { return router.receive(hub.take_output()); }

    void greet(std::uint64_t durable = 0) {
        to_hub();
        hub.welcome("the-router", {{.epoch = epoch, .sequence = durable}});
        to_router();
    }
    std::vector<std::uint64_t> sequences_heard() {
        std::vector<std::uint64_t> heard;
        for (const auto& message : to_hub().messages) {
            for (const auto& one : std::get<Events>(message).entries) heard.push_back(one.sequence);
        }
        return heard;
    }
};

TEST(SyncSession, TheRouterSpeaksFirstAndSendsNothingBeforeTheWelcome) {
    Pair pair;
    EXPECT_EQ(pair.router.offer(entries(1, 3)), 0U);
    const auto heard = pair.to_hub();
    ASSERT_EQ(heard.messages.size(), 1U);
    EXPECT_EQ(std::get<Hello>(heard.messages[0]).boot_id, "b");

    pair.hub.welcome("the-router", {});
    const auto answer = pair.to_router();
    ASSERT_EQ(answer.messages.size(), 1U);
    EXPECT_EQ(std::get<Welcome>(answer.messages[0]).router, "the-router");
    EXPECT_EQ(pair.router.offer(entries(1, 3)), 3U);
    EXPECT_THAT(pair.sequences_heard(), testing::ElementsAre(1, 2, 3));
}

TEST(SyncSession, WhatTheHubHasIsTakenAndNotSent) {
    Pair pair;
    pair.greet(/*durable=*/2);
    EXPECT_EQ(pair.router.offer(entries(1, 4)), 4U);
    EXPECT_EQ(pair.router.offer(entries(3, 5)), 3U) << "3 and 4 were sent a moment ago";
    EXPECT_THAT(pair.sequences_heard(), testing::ElementsAre(3, 4, 5));
    EXPECT_EQ(pair.router.first_unacknowledged(), 3U);
}

TEST(SyncSession, AnAckFreesTheWindow) {
    Pair pair;
    pair.greet();
    EXPECT_EQ(pair.router.offer(entries(1, 5000)), window_entries);
    EXPECT_FALSE(pair.router.has_room());
    EXPECT_FALSE(pair.to_hub().ended);
    pair.hub.ack({.epoch = epoch, .sequence = 10});
    pair.to_router();
    EXPECT_EQ(pair.router.first_unacknowledged(), 11U);
    EXPECT_EQ(pair.router.offer(entries(4097, 5000)), 10U);
    EXPECT_FALSE(pair.to_hub().ended) << "both ends count alike";
}

TEST(SyncSession, TheWindowIsBoundedInBytesToo) {
    Pair pair;
    pair.greet();
    const auto large = entries(1, 20, 500'000);
    const auto taken = pair.router.offer(large);
    EXPECT_EQ(taken, window_bytes / wire_size(large[0]));
    EXPECT_LE(pair.router.unacknowledged_bytes(), window_bytes);
    EXPECT_FALSE(pair.to_hub().ended);
}

TEST(SyncSession, ThePeersPingIsAnsweredInside) {
    Pair pair;
    pair.greet();
    pair.hub.ping(77);
    EXPECT_TRUE(pair.to_router().messages.empty());
    const auto heard = pair.to_hub();
    ASSERT_EQ(heard.messages.size(), 1U);
    EXPECT_EQ(std::get<Pong>(heard.messages[0]).token, 77U);
    pair.router.ping(78);
    pair.to_hub();
    EXPECT_EQ(std::get<Pong>(pair.to_router().messages.at(0)).token, 78U);
}

TEST(SyncSession, DecisionsReachTheRouter) {
    Pair pair;
    pair.greet();
    pair.hub.config(7, R"({"v":1})");
    pair.hub.watch(30s);
    const auto heard = pair.to_router();
    ASSERT_EQ(heard.messages.size(), 2U);
    EXPECT_EQ(std::get<Config>(heard.messages[0]), (Config{.revision = 7, .document = R"({"v":1})"}));
    EXPECT_EQ(std::get<Watch>(heard.messages[1]).duration, 30s);
}

TEST(SyncSession, AnEpochAckedBeforeAnOlderOneWaitsForIt) {
    RouterSession router{
        Hello{.epoch = epoch_of(2),
              .stored = {{.epoch = epoch, .first = 1, .last = 1}, {.epoch = epoch_of(2), .first = 2, .last = 2}}}};
    HubSession hub;
    hub.receive(router.take_output());
    hub.welcome("r", {});
    router.receive(hub.take_output());
    const std::vector<Entry> both{entry(1), {.epoch = epoch_of(2), .sequence = 2, .topic = "t", .body = "{}"}};
    EXPECT_EQ(router.offer(both), 2U);
    hub.receive(router.take_output());
    hub.ack({.epoch = epoch_of(2), .sequence = 2});
    router.receive(hub.take_output());
    EXPECT_EQ(router.first_unacknowledged(), 1U) << "1 may not leave the outbox yet";
    hub.ack({.epoch = epoch, .sequence = 1});
    router.receive(hub.take_output());
    EXPECT_EQ(router.first_unacknowledged(), std::nullopt);
}

/// The hub hears `bytes` in the state it is in; it must end with a bye that the router understands.
void expect_hub_ends(Pair& pair, const Bytes& bytes, std::string_view why) {
    pair.hub.take_output();
    const auto heard = pair.hub.receive(bytes);
    ASSERT_TRUE(heard.ended) << why;
    EXPECT_TRUE(pair.hub.is_ended());
    const auto answer = pair.to_router();
    ASSERT_FALSE(answer.messages.empty()) << why;
    EXPECT_TRUE(std::holds_alternative<Bye>(answer.messages.back())) << why;
    EXPECT_TRUE(pair.router.is_ended());
    EXPECT_TRUE(pair.hub.receive(serialize_ping(1)).messages.empty()) << "nothing is heard after the end";
}

TEST(SyncSession, TheHubEndsOnEveryViolation) {
    const auto hello = serialize(Hello{.epoch = epoch});
    const auto events = [](std::uint64_t sequence, Epoch of = epoch) {
        return serialize(Events{{{.epoch = of, .sequence = sequence, .topic = "t", .body = "{}"}}});
    };
    Writer oversized, unknown;
    oversized.u32(max_frame_bytes + 1);
    unknown.u32(1).u8(12);
    const auto bad_json = serialize_frame(Type::Hello, as_bytes("{"));
    {
        Pair pair;
        expect_hub_ends(pair, events(1), "events before hello");
    }
    {
        Pair pair;
        pair.to_hub();
        expect_hub_ends(pair, events(1), "events before welcome");
    }
    {
        Pair pair;
        pair.to_hub();
        expect_hub_ends(pair, serialize(Want{.sha256 = std::string(64, 'a')}), "want before welcome");
    }
    {
        Pair pair;
        expect_hub_ends(pair, bad_json, "bad JSON");
    }
    for (const auto& [bytes, why] :
         {std::pair{hello, "a second hello"}, std::pair{oversized.take_bytes(), "an oversized frame"},
          std::pair{unknown.take_bytes(), "an unknown type"}, std::pair{serialize(Ack{}), "a hub's message"},
          std::pair{events(1, epoch_of(9)), "an epoch not announced"},
          std::pair{serialize_frame(Type::Snapshot, {}), "a question of the hub's"}}) {
        Pair pair;
        pair.greet();
        expect_hub_ends(pair, bytes, why);
    }
    Pair pair;
    pair.greet();
    pair.hub.receive(events(5));
    expect_hub_ends(pair, events(5), "a sequence that does not rise");
}

TEST(SyncSession, ARouterAsksForAListAndHearsItsNextBytes) {
    Pair pair;
    const Want want{.sha256 = std::string(64, 'a'), .offset = 3};
    pair.router.want(want);
    pair.greet();
    EXPECT_FALSE(pair.router.has_output()) << "nothing is asked before the welcome";
    pair.router.want(want);
    const auto asked = pair.hub.receive(pair.router.take_output());
    ASSERT_EQ(asked.messages.size(), 1U);
    EXPECT_EQ(std::get<Want>(asked.messages[0]), want);
    const Blob blob{.sha256 = want.sha256, .offset = 3, .size = 6, .chunk = "abc"};
    pair.hub.blob(blob);
    const auto heard = pair.router.receive(pair.hub.take_output());
    ASSERT_EQ(heard.messages.size(), 1U);
    EXPECT_EQ(std::get<Blob>(heard.messages[0]), blob);
    EXPECT_FALSE(asked.ended || heard.ended);
}

TEST(SyncSession, ASnapshotIsAskedForAndComesInParts) {
    Pair pair;
    pair.hub.ask_for_snapshot();
    EXPECT_FALSE(pair.hub.has_output()) << "nothing is asked before the welcome";
    pair.greet();
    pair.hub.ask_for_snapshot();
    const auto heard = pair.router.receive(pair.hub.take_output());
    ASSERT_EQ(heard.messages.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<SnapshotWanted>(heard.messages[0]));
    const Snapshot first{.after = {.epoch = epoch, .sequence = 7}, .part = 0, .parts = 2, .state = R"({"leases":[]})"};
    auto second = first;
    second.part = 1;
    pair.router.snapshot(first);
    pair.router.snapshot(second);
    const auto answered = pair.hub.receive(pair.router.take_output());
    EXPECT_FALSE(answered.ended);
    ASSERT_EQ(answered.messages.size(), 2U);
    EXPECT_EQ(std::get<Snapshot>(answered.messages[0]), first);
    EXPECT_EQ(std::get<Snapshot>(answered.messages[1]), second);
}

TEST(SyncSession, BothGoByTheHighestProtocolThatBothSpeak) {
    HubSession hub;
    auto hello = Hello{.protocol = protocol_version + 5, .epoch = epoch};
    ASSERT_FALSE(hub.receive(serialize(hello)).ended) << "a newer router speaks ours too";
    hub.welcome("r", {});
    RouterSession router{hello};
    const auto heard = router.receive(hub.take_output());
    ASSERT_EQ(heard.messages.size(), 1U);
    EXPECT_EQ(std::get<Welcome>(heard.messages[0]).protocol, protocol_version);

    HubSession refuses;
    hello.protocol = lowest_protocol_version - 1;
    EXPECT_TRUE(refuses.receive(serialize(hello)).ended);
    RouterSession old{Hello{.epoch = epoch}};
    const auto refused = old.receive(refuses.take_output());
    ASSERT_EQ(refused.messages.size(), 1U);
    EXPECT_EQ(std::get<Bye>(refused.messages[0]).code, "version");

    RouterSession ours{Hello{.epoch = epoch}};
    EXPECT_TRUE(ours.receive(serialize(Welcome{.protocol = protocol_version + 1, .router = "r"})).ended)
        << "a version that was not offered";
}

TEST(SyncSession, TheHubEndsWhenTheWindowIsOverrun) {
    Pair pair;
    pair.greet();
    Received<HubSession::Message> heard;
    for (std::uint64_t sequence = 1; sequence <= window_entries + 1; ++sequence)
        heard = pair.hub.receive(serialize(Events{{entry(sequence)}}));
    ASSERT_TRUE(heard.ended);
    EXPECT_EQ(heard.ended->code, Code::Overflow);
}

TEST(SyncSession, WhatCameBeforeAViolationIsStillDelivered) {
    Pair pair;
    pair.greet();
    auto bytes = serialize(Events{{entry(1)}});
    for (const auto octet : serialize(Events{{entry(1)}})) bytes.push_back(octet);
    const auto heard = pair.hub.receive(bytes);
    EXPECT_EQ(heard.messages.size(), 1U);
    EXPECT_TRUE(heard.ended);
}

TEST(SyncSession, TheRouterEndsOnEveryViolation) {
    const auto welcome = serialize(Welcome{.router = "r", .durable = {}});
    const std::vector<std::pair<Bytes, const char*>> after_welcome{
        {welcome, "a second welcome"},
        {serialize(Ack{{.epoch = epoch, .sequence = 1}}), "an ack of what was not sent"},
        {serialize(Ack{{.epoch = epoch_of(9), .sequence = 0}}), "an ack of a foreign epoch"},
        {serialize(Hello{.epoch = epoch}), "a router's message"},
        {serialize_frame(Type::Snapshot, as_bytes("x")), "a snapshot of a router's"},
        {serialize_frame(Type::Blob, {}), "a blob that is too short"},
        {serialize(Want{.sha256 = std::string(64, 'a')}), "a router's question"},
        {serialize_frame(Type::Config, as_bytes("null")), "bad JSON"}};
    for (const auto& [bytes, why] : after_welcome) {
        Pair pair;
        pair.greet();
        EXPECT_TRUE(pair.router.receive(bytes).ended) << why;
        EXPECT_TRUE(pair.router.is_ended()) << why;
        EXPECT_EQ(pair.router.offer(entries(1, 1)), 0U);
    }
    Pair pair;
    EXPECT_TRUE(pair.router.receive(serialize(Config{.revision = 1, .document = "{}"})).ended) << "config before welcome";
}

TEST(SyncSession, AByeEndsBothSides) {
    Pair pair;
    pair.greet();
    pair.router.bye({.code = "draining", .detail = "restart"});
    const auto heard = pair.to_hub();
    ASSERT_TRUE(heard.ended);
    EXPECT_EQ(std::get<Bye>(heard.messages.at(0)).code, "draining");
    EXPECT_TRUE(pair.hub.is_ended());
    pair.hub.config(1, "{}");
    EXPECT_FALSE(pair.hub.has_output());
}

TEST(SyncSession, APeerThatNeverReadsCannotFillTheMemory) {
    Pair pair;
    pair.greet();
    pair.hub.take_output();
    const auto document = "{\"a\":\"" + std::string(250'000, 'x') + "\"}";
    for (int i = 0; i < 40; ++i) pair.hub.config(i, document);
    const auto ended = pair.hub.receive(serialize_ping(1)).ended;
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code, Code::Overflow);
}

TEST(SyncLiveness, PingsAQuietPeerAndGivesUpASilentOne) {
    const Instant start{};
    Liveness liveness{start};
    EXPECT_FALSE(liveness.take_ping(start + 14s));
    EXPECT_TRUE(liveness.take_ping(start + 15s));
    EXPECT_FALSE(liveness.take_ping(start + 16s));
    EXPECT_TRUE(liveness.take_ping(start + 30s));
    EXPECT_FALSE(liveness.is_dead(start + 44s));
    EXPECT_TRUE(liveness.is_dead(start + 45s));
    liveness.heard(start + 44s);
    EXPECT_FALSE(liveness.is_dead(start + 88s));
    EXPECT_EQ(liveness.next_deadline(), start + 59s);
}

}  // namespace
}  // namespace vivi::sync
