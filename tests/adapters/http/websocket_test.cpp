// WebSockets frame by frame (RFC 6455), as a client that no library holds back.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/websocket.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "common/runtime/clock.hpp"
#include "tests/adapters/http/frames.hpp"
#include "tests/adapters/http/running_site.hpp"

namespace vivi::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::StrEq;

/// Echoes; some texts ask for something else.
Task<> converse(Request request, WebSocket& socket) {
    for (;;) {
        auto text = co_await socket.receive();
        if (!text) co_return;
        if (*text == "end") co_return;
        if (*text == "throw") throw std::runtime_error{"broken on purpose"};
        if (*text == "close")
            socket.close(4401, "not signed in");
        else if (*text == "large")
            socket.send("{", std::make_shared<const std::string>(std::string(200'000, 'x')), "}");
        else
            socket.send(request.peer + ":", std::make_shared<const std::string>(*std::move(text)), "");
    }
}

std::atomic<int> burst_accepted{0};

Task<> burst(Request, WebSocket& socket) {
    const auto body = std::make_shared<const std::string>(60'000, 'f');
    while (socket.send("", body, "")) ++burst_accepted;
    while (co_await socket.receive()) {
    }
}

/// More than the sockets hold, slowly enough that only a reader who does not read is in its way.
Task<> flood(Request, WebSocket& socket) {
    const auto body = std::make_shared<const std::string>(60'000, 'f');
    while (socket.send("", body, "")) co_await after(Milliseconds{1});
    while (co_await socket.receive()) {
    }
}

Site site(std::function<Task<>(Request, WebSocket&)> websocket = converse) {
    Site made;
    made.handle = [](Request) -> Task<Response> { co_return text_response(200, "plain"); };
    made.accept_websocket = [](const Request& request) -> std::variant<std::string, Response> {
        if (request.path() != "/graphql") return text_response(403, "not here");
        return find(request.headers, "sec-websocket-protocol") ? "graphql-transport-ws" : "";
    };
    made.websocket = std::move(websocket);
    return made;
}

class HttpWebSocket : public testing::Test {
protected:
    HttpWebSocket() { answer = upgrade(client); }
    Frame exchange(std::string_view bytes) {
        client.send(bytes);
        return read_frame(client);
    }

    RunningSite running{site()};
    RawClient client{running.port()};
    std::string answer{};
};

TEST_F(HttpWebSocket, IsAcceptedAndEchoes) {
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(answer, HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) << "the example of RFC 6455 section 1.3";
    EXPECT_THAT(answer, Not(HasSubstr("Sec-WebSocket-Protocol")));
    EXPECT_THAT(answer, Not(HasSubstr("Sec-WebSocket-Extensions")));
    const auto echo = exchange(frame(Text, "héllo"));
    EXPECT_EQ(echo.first, whole_text);
    EXPECT_EQ(echo.payload, "127.0.0.1:héllo") << "head and body are one message";
}

TEST_F(HttpWebSocket, PutsFragmentsTogetherAndAnswersPingsBetween) {
    client.send(frame(Text, "one ", false));
    const auto pong = exchange(frame(Ping, "still there?"));
    EXPECT_EQ(pong.first, pong_frame);
    EXPECT_EQ(pong.payload, "still there?");
    EXPECT_EQ(exchange(frame(Continuation, "two")).payload, "127.0.0.1:one two");
}

TEST_F(HttpWebSocket, SendsALargeMessageAsOneFrame) {
    const auto large = exchange(frame(Text, "large"));
    EXPECT_EQ(large.first, whole_text);
    EXPECT_EQ(large.payload.size(), 200'002U);
}

TEST_F(HttpWebSocket, AnswersACloseWithItsCode) {
    const auto closed = exchange(frame(Close, "\x03\xe9going"));
    EXPECT_EQ(closed.first, close_frame);
    EXPECT_EQ(closed.code(), 1001);
    EXPECT_EQ(client.read_all(), "");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpWebSocket, ClosesWithTheReasonItIsGiven) {
    const auto closed = exchange(frame(Text, "close"));
    EXPECT_EQ(closed.code(), 4401);
    EXPECT_THAT(closed.payload.substr(2), StrEq("not signed in"));
    client.send(frame(Close, "\x11\x31"));
    EXPECT_EQ(client.read_all(), "");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpWebSocket, ClosesWhenItsHandlerEnds) { EXPECT_EQ(exchange(frame(Text, "end")).code(), 1000); }

TEST_F(HttpWebSocket, ClosesWith1011WhenItsHandlerThrows) { EXPECT_EQ(exchange(frame(Text, "throw")).code(), 1011); }

TEST_F(HttpWebSocket, TakesOnlyText) { EXPECT_EQ(exchange(frame(Binary, "x")).code(), 1003); }

TEST_F(HttpWebSocket, TakesOnlyUtf8) { EXPECT_EQ(exchange(frame(Text, "\xff\xfe")).code(), 1007); }

TEST_F(HttpWebSocket, TakesMessagesUpToItsBound) {
    EXPECT_EQ(exchange(frame(Text, std::string(256 * 1024, 'x'))).payload.size(), 256U * 1024U + 10U);
    EXPECT_EQ(exchange(frame(Text, std::string(256 * 1024 + 1, 'x'))).code(), 1009);
}

TEST_F(HttpWebSocket, RefusesFramesThatAreNotMasked) { EXPECT_EQ(exchange(std::string{"\x81\x01x", 3}).code(), 1002); }

TEST_F(HttpWebSocket, EndsWithTheServer) {
    const auto start = now();
    running.stop();
    EXPECT_LT(now() - start, 2s);
    client.read_all();
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpWebSocket, IsGivenItsProtocolOrRefused) {
    RawClient with_protocol{running.port()};
    EXPECT_THAT(upgrade(with_protocol, "/graphql", "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"),
                HasSubstr("Sec-WebSocket-Protocol: graphql-transport-ws\r\n"));
    RawClient elsewhere{running.port()};
    EXPECT_THAT(upgrade(elsewhere, "/other"), StartsWith("HTTP/1.1 403 "));
    RawClient eager{running.port()};
    eager.send(
        "GET /graphql HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        frame(Text, "too early"));
    EXPECT_THAT(eager.read_until("\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST(HttpWebSocketQueue, ASlowReaderIsClosed) {
    RunningSite running{site(flood)};
    RawClient client{running.port(), Milliseconds{20'000}};
    ASSERT_THAT(upgrade(client), StartsWith("HTTP/1.1 101 "));
    // Nothing is read now: the sockets fill, then the queue, and 10 s after the first message that nobody takes the connection
    // ends.
    const auto start = now();
    test::await("the server to give up", [&] { return !client.send(frame(Ping, "")); }, Milliseconds{15'000});
    EXPECT_GE(now() - start, 9s);
}

TEST(HttpWebSocketQueue, IsBoundedAndItsReaderToldSo) {
    RunningSite running{site(burst)};
    RawClient client{running.port()};
    ASSERT_THAT(upgrade(client), StartsWith("HTTP/1.1 101 "));
    Frame next = read_frame(client);
    while (next.first == whole_text) next = read_frame(client);
    EXPECT_EQ(next.first, close_frame);
    EXPECT_EQ(next.code(), 1013);
    EXPECT_EQ(burst_accepted, 17) << "1 MiB of 60,000 bytes each";
    client.send(frame(Close, "\x03\xf5"));
    client.read_all();
    EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace vivi::http
