// graphql-transport-ws over raw sockets: every close code, fragments, floods, giants, and readers that do not read.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/adapters/transport/sample_site.hpp"

namespace vivi::test {
namespace {

using http::Continuation;
using http::frame;
using http::Ping;
using http::Text;
using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* init = R"({"type":"connection_init"})";
constexpr const char* follow_silence = R"({"id":"1","type":"subscribe","payload":{"query":"subscription { silent }"}})";
constexpr const char* hello = R"({"id":"2","type":"subscribe","payload":{"query":"{ hello }"}})";

class RawSocketTest : public testing::Test {
protected:
    /// What closes a socket that says this after connection_ack.
    Json closed_by(std::string_view text) {
        RawSocket socket{site};
        socket.begin();
        socket.say(text);
        return socket.next();
    }
    SampleSite site{{.init_timeout = Milliseconds{300}, .sockets_per_owner = 3}};
};

TEST_F(RawSocketTest, WhatIsNoMessageOfTheProtocolCloses4400) {
    for (const auto* const text : {"",
                                   "nonsense",
                                   "[]",
                                   "null",
                                   "1",
                                   "\"connection_init\"",
                                   "{}",
                                   R"({"type":1})",
                                   R"({"type":"start"})",
                                   R"({"type":"next"})",
                                   R"({"type":"connection_ack"})",
                                   R"({"type":"ping","payload":1})",
                                   R"({"type":"pong","payload":[]})",
                                   R"({"type":"subscribe"})",
                                   R"({"type":"subscribe","id":"","payload":{"query":"{ hello }"}})",
                                   R"({"type":"subscribe","id":1,"payload":{"query":"{ hello }"}})",
                                   R"({"type":"subscribe","id":"1","payload":{}})",
                                   R"({"type":"subscribe","id":"1","payload":{"query":1}})",
                                   R"({"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}})",
                                   R"({"type":"complete"})"}) {
        const auto closed = closed_by(text);
        EXPECT_EQ(closed["closed"], 4400) << text;
        EXPECT_EQ(closed["reason"], "Invalid message received") << text;
    }
}

TEST_F(RawSocketTest, WhoDoesNotSayHelloIs4401ThenSlow4408) {
    RawSocket hasty{site};
    hasty.say(hello);
    EXPECT_EQ(hasty.next()["closed"], 4401);
    RawSocket silent{site};
    const auto closed = silent.next();
    EXPECT_EQ(closed["closed"], 4408);
    EXPECT_EQ(closed["reason"], "Connection initialisation timeout");
}

TEST_F(RawSocketTest, WhoMayNotConnectIs4403) {
    RawSocket socket{site, "X-Who: nobody\r\n"};
    socket.say(init);
    EXPECT_EQ(socket.next()["closed"], 4403);
}

TEST_F(RawSocketTest, WhoOffersNoSubProtocolIs4406) {
    http::RawClient client{site.port()};
    EXPECT_THAT(http::upgrade(client), StartsWith("HTTP/1.1 101 "));
    const auto closed = http::read_frame(client);
    EXPECT_EQ(closed.code(), 4406);
    EXPECT_THAT(closed.payload, HasSubstr("Subprotocol not acceptable"));
    http::RawClient legacy{site.port()};
    EXPECT_THAT(http::upgrade(legacy, "/graphql", "Sec-WebSocket-Protocol: graphql-ws\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(RawSocketTest, AnIdInUseIs4409AndASecondHello4429) {
    RawSocket twice{site};
    twice.begin();
    twice.say(follow_silence);
    twice.say(follow_silence);
    const auto closed = twice.next();
    EXPECT_EQ(closed["closed"], 4409);
    EXPECT_EQ(closed["reason"], "Subscriber for 1 already exists");
    EXPECT_EQ(closed_by(init)["closed"], 4429);
}

TEST_F(RawSocketTest, OfOneOwnerThereIsABoundThatOthersDoNotFeel) {
    std::vector<std::unique_ptr<RawSocket>> tabs;
    for (int i = 0; i < 3; ++i) {
        tabs.push_back(std::make_unique<RawSocket>(site, "X-Who: ann\r\n"));
        tabs.back()->begin();
    }
    RawSocket fourth{site, "X-Who: ann\r\n"};
    const auto closed = fourth.next();
    EXPECT_EQ(closed["closed"], 1013);
    EXPECT_EQ(closed["reason"], "Too many sockets");
    RawSocket other{site, "X-Who: bob\r\n"};
    other.begin();
    other.say(hello);
    EXPECT_EQ(other.next()["payload"]["data"]["hello"], "world");
    tabs.pop_back();
    await("room for another", [&] {
        RawSocket again{site, "X-Who: ann\r\n"};
        again.say(init);
        return again.next().value("type", "") == "connection_ack";
    });
}

TEST_F(RawSocketTest, FragmentsMakeOneMessageAndPingsComeBetween) {
    RawSocket socket{site};
    socket.begin();
    const std::string text = hello;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto opcode = i == 0 ? Text : Continuation;
        socket.client.send(frame(opcode, text.substr(i, 1), /*is_final=*/i + 1 == text.size()));
        if (i == 10) socket.client.send(frame(Ping, "still there?"));
    }
    EXPECT_EQ(http::read_frame(socket.client).payload, "still there?");
    EXPECT_EQ(socket.next()["payload"]["data"]["hello"], "world");
}

TEST_F(RawSocketTest, MessagesAreBounded) {
    const auto padded = [](std::size_t bytes) {
        std::string text = R"({"type":"ping","payload":{"a":")";
        return text + std::string(bytes - text.size() - 3, 'x') + "\"}}";
    };
    RawSocket most{site};
    most.say(padded(64 * 1024));
    EXPECT_EQ(most.next()["type"], "pong");
    for (const std::size_t bytes : {std::size_t{64 * 1024 + 1}, std::size_t{300'000}, std::size_t{8 << 20}}) {
        RawSocket socket{site};
        socket.say(padded(bytes));
        EXPECT_EQ(socket.next()["closed"], 1009) << bytes;
    }
    RawSocket in_pieces{site};
    in_pieces.client.send(frame(Text, "{", /*is_final=*/false));
    for (int i = 0; i < 64; ++i) in_pieces.client.send(frame(Continuation, std::string(16'384, ' '), /*is_final=*/false));
    EXPECT_EQ(in_pieces.next()["closed"], 1009) << "a message without end is too big as well";
}

TEST_F(RawSocketTest, APageElsewhereIsRefusedBeforeThereIsASocket) {
    EXPECT_THAT((RawSocket{site, "Origin: https://evil.example\r\n"}.head), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT((RawSocket{site, "Origin: null\r\n"}.head), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT((RawSocket{site, "Origin: http://h\r\n"}.head), StartsWith("HTTP/1.1 101 "));
}

TEST_F(RawSocketTest, AFloodOfOperationsHasABoundAndIsAnswered) {
    RawSocket socket{site};
    socket.begin();
    for (int i = 0; i < 30; ++i)
        socket.say(R"({"id":"s)" + std::to_string(i) + R"(","type":"subscribe","payload":{"query":"subscription { silent }"}})");
    for (int i = 10; i < 30; ++i) {
        const auto refused = socket.next();
        EXPECT_EQ(refused["type"], "error") << refused;
        EXPECT_EQ(refused["payload"][0]["extensions"]["code"], "TOO_MANY_OPERATIONS");
    }
    for (int i = 0; i < 2'000; ++i) socket.say(R"({"type":"ping"})");
    for (int i = 0; i < 2'000; ++i) ASSERT_EQ(socket.next()["type"], "pong") << i;
}

TEST_F(RawSocketTest, WhoSendsAndNeverReadsIsGivenUpAndNobodyElseWaits) {
    RawSocket deaf{site};
    deaf.begin();
    for (int i = 0; i < 5; ++i)
        deaf.say(R"({"id":"f)" + std::to_string(i) + R"(","type":"subscribe","payload":{"query":"subscription { flood }"}})");
    RawSocket other{site};
    other.begin();
    int answered = 0;
    await(
        "the deaf reader's end",
        [&] {
            other.say(hello);
            const bool is_answered = other.next()["payload"]["data"]["hello"] == "world" && other.next()["type"] == "complete";
            answered += is_answered ? 1 : 0;
            return !deaf.client.send(frame(Ping, ""));
        },
        Milliseconds{60'000});
    EXPECT_GT(answered, 100) << "asked every 20 ms for some 10 s";
}

TEST_F(RawSocketTest, IsCounted) {
    closed_by("nonsense");
    RawSocket socket{site};
    socket.begin();
    socket.say(hello);
    socket.next();
    socket.say(R"({"id":"3","type":"subscribe","payload":{"query":"{ nothing }"}})");
    EXPECT_EQ(socket.next()["type"], "complete");
    EXPECT_EQ(socket.next()["type"], "error");
    site.stop();
    const auto text = site.metrics.render();
    EXPECT_THAT(text, HasSubstr("vivi_websocket_closes_total{code=\"4400\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vivi_graphql_operations_total{type=\"query\",code=\"OK\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vivi_graphql_operations_total{type=\"none\",code=\"GRAPHQL_VALIDATION_FAILED\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vivi_websockets 0\n"));
}

}  // namespace
}  // namespace vivi::test
