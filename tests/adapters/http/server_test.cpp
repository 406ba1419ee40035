// The server as clients and attackers see it: real curl, and bytes no library would send.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/server.hpp"

#include <gmock/gmock.h>

#include <boost/asio/read.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "tests/adapters/http/running_site.hpp"
#include "tests/adapters/loop.hpp"

namespace vivi::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Task<Response> answer(Request request) {
    if (request.path() == "/throws") throw std::runtime_error{"broken on purpose"};
    if (request.path() == "/splits") co_return Response{.status = 200, .headers = {{"x", "a\r\nb: c"}}, .body = "x"};
    if (request.path() == "/waits") co_await after(Milliseconds{3'600'000});
    if (request.path() == "/large") co_return text_response(200, std::string(3'000'000, 'L'));
    co_return text_response(
        200, request.method + " " + request.target + " " + request.peer + " " + std::to_string(request.body.size()));
}

Site site(Limits limits = {}) { return {.handle = answer, .limits = limits}; }

/// curl's output, headers included (-i).
std::string curl(std::vector<std::string> arguments) {
    const test::TempFolder folder;
    test::Launch launch{
        .command = {"/usr/bin/curl", "-sS", "-i", "--max-time", "10"}, .environment = {}, .output = folder / "out", .user = {}};
    launch.command.insert(launch.command.end(), arguments.begin(), arguments.end());
    test::run_to_end(launch);
    std::ostringstream text;
    text << std::ifstream{launch.output}.rdbuf();
    return text.str();
}

std::string raw(const RunningSite& running, std::string_view bytes) {
    RawClient client{running.port()};
    client.send(bytes);
    return client.read_all();
}

class HttpServer : public testing::Test {
protected:
    RunningSite running{site()};
};

TEST_F(HttpServer, AnswersCurl) {
    EXPECT_THAT(curl({running.url("/a?b=c")}), HasSubstr("GET /a?b=c 127.0.0.1 0\n"));
    const auto posted = curl({"--data", "12345", running.url("/p")});
    EXPECT_THAT(posted, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(posted, HasSubstr("POST /p 127.0.0.1 5\n"));
    EXPECT_THAT(posted, HasSubstr("\r\ndate: "));
    EXPECT_THAT(curl({"-H", "Transfer-Encoding: chunked", "--data", "1234567", running.url("/c")}), HasSubstr(" 7\n"));
    EXPECT_THAT(curl({"--http1.0", running.url("/old")}), HasSubstr("GET /old"));
    EXPECT_THAT(curl({running.url("/large")}), HasSubstr("content-length: 3000001"));
}

TEST_F(HttpServer, CountsButDoesNotSendTheBodyOfHead) {
    const auto head = curl({"--head", running.url("/x")});
    EXPECT_THAT(head, HasSubstr("content-length: 20\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("HEAD /x")));
}

TEST_F(HttpServer, KeepsTheConnectionForTheNextRequest) {
    RawClient client{running.port()};
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n"));
        EXPECT_THAT(client.read_until("127.0.0.1 0\n"), HasSubstr("GET /again"));
    }
    client.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.read_all(), HasSubstr("connection: close\r\n"));
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
    const auto answers = raw(running,
                             "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                             "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const auto first = answers.find("GET /1"), second = answers.find("POST /2 127.0.0.1 3"), third = answers.find("GET /3");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos);
}

TEST_F(HttpServer, TakesRequestsByteByByte) {
    const std::string request =
        "POST /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    RawClient client{running.port()};
    client.socket().set_option(net::ip::tcp::no_delay{true});
    for (const char byte : request) {
        ASSERT_TRUE(client.send({&byte, 1}));
        std::this_thread::yield();  // The server reads between; when it does not, less is tried, nothing fails.
    }
    EXPECT_THAT(client.read_all(), HasSubstr("POST /slow 127.0.0.1 3\n"));
    RawClient empty{running.port()};
    empty.send(
        "POST /empty HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    empty.read_until("100 Continue\r\n\r\n");
    for (const auto* const piece : {"0\r\n", "\r", "\n"}) {
        empty.send(piece);
        EXPECT_THAT(curl({running.url("/between")}), StartsWith("HTTP/1.1 200 ")) << "the loop went round, and survived it";
    }
    EXPECT_THAT(empty.read_all(), HasSubstr("POST /empty 127.0.0.1 0\n"));
}

TEST_F(HttpServer, InvitesTheBodyOfWhoAsksFirst) {
    RawClient client{running.port()};
    client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    EXPECT_THAT(client.read_until(" 3\n"), HasSubstr("POST /e"));
    RawClient large{running.port()};
    large.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(large.read_until("\r\n"), StartsWith("HTTP/1.1 413 ")) << "it is not invited to send what will be refused";
}

TEST_F(HttpServer, SaysThatABodyIsTooLargeToWhoStillSends) {
    RawClient known{running.port()};
    known.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x'));
    EXPECT_THAT(known.read_all(), StartsWith("HTTP/1.1 413 "));
    RawClient chunked{running.port()};
    chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n" + std::string(0x80000, 'x') +
                 "\r\n");
    EXPECT_THAT(chunked.read_all(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServer, SurvivesItsHandler) {
    EXPECT_THAT(curl({running.url("/throws")}), StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(curl({running.url("/splits")}), StartsWith("HTTP/1.1 500 ")) << "no field may begin another";
    EXPECT_THAT(curl({running.url("/fine")}), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, RefusesWhatIsNotARequestOrMoreThanOne) {
    struct Case {
        const char* bytes;
        const char* status;
    };
    for (const auto& [bytes, status] : std::initializer_list<Case>{
             {"nonsense\r\n\r\n", "400"},
             {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nHost: h\r\nX\x01Y: z\r\n\r\n", "400"},
             {"GET other HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled "
              "HTTP/1.1\r\n",
              "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled "
              "HTTP/1.1\r\n",
              "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: more\r\n\r\n", "417"},
         }) {
        const auto answered = raw(running, bytes);
        EXPECT_THAT(answered, StartsWith(std::string{"HTTP/1.1 "} + status)) << bytes;
        EXPECT_THAT(answered, Not(HasSubstr("smuggled"))) << bytes;
    }
    const auto large = raw(running, "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_THAT(large, StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServer, EndsWhileRequestsAreUnderWay) {
    RawClient idle{running.port()}, waiting{running.port()}, sending{running.port()};
    waiting.send("GET /waits HTTP/1.1\r\nHost: h\r\n\r\n");
    sending.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    sending.read(0);
    const auto start = now();
    running.stop();
    EXPECT_LT(now() - start, 2s);
    EXPECT_EQ(waiting.read_all(), "");
    EXPECT_TRUE(waiting.is_closed());
}

TEST(HttpLimits, EndTheConnectionOfWhoIsSlowOrSilent) {
    RunningSite running{site({.header_timeout = Seconds{1}, .idle_timeout = Seconds{4}})};
    RawClient silent{running.port()}, slow{running.port()};
    slow.send("GET / HTTP/1.1\r\nHo");
    const auto start = now();
    EXPECT_EQ(slow.read_all(), "");
    EXPECT_TRUE(slow.is_closed());
    EXPECT_LT(now() - start, 3500ms) << "by the header's timeout, not by that of the silent";
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_TRUE(silent.is_closed());
}

TEST(HttpLimits, CloseWhatIsBeyondTheBoundAndTakeAgainWhenThereIsRoom) {
    RunningSite running{site({.connections = 2})};
    const std::string request = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    {
        RawClient first{running.port()}, second{running.port()};
        first.send(request);
        second.send(request);
        EXPECT_THAT(first.read_until("0\n"), HasSubstr("200 OK"));
        EXPECT_THAT(second.read_until("0\n"), HasSubstr("200 OK"));
        RawClient third{running.port()};
        EXPECT_EQ(third.read_all(), "");
        EXPECT_TRUE(third.is_closed());
    }
    test::await("room for another", [&] {
        RawClient next{running.port()};
        next.send(request);
        return next.read_until("0\n").contains("200 OK");
    });
}

TEST(HttpPort, ATakenOneEndsTheProcessAndIsNamed) {
    RunningSite running{site()};
    const auto second = site();
    test::Loop loop;
    try {
        loop.run(serve_tcp("127.0.0.1", running.port(), second));
        FAIL() << "served";
    } catch (const Fatal& fatal) {
        EXPECT_THAT(fatal.what(), HasSubstr("port " + std::to_string(running.port()) + " is taken"));
    }
    EXPECT_THROW(loop.run(serve_tcp("nowhere", 1, second)), Fatal);
}

Task<> ask_over_unix(std::string path, std::string& answer) {
    UnixSocket socket{co_await net::this_coro::executor};
    co_await socket.async_connect(path, net::use_awaitable);
    const std::string request = "GET /unix HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    co_await net::async_write(socket, net::buffer(request), net::use_awaitable);
    answer.resize(4096);
    const auto [error, count] = co_await net::async_read(socket, net::buffer(answer), as_value);
    answer.resize(count);
}

TEST(HttpUnix, ServesOnASocketFile) {
    const test::TempFolder folder;
    const auto served = site();
    test::Loop loop;
    std::string answer;
    loop.run(together(serve_unix(folder / "api.sock", served), ask_over_unix(folder / "api.sock", answer)));
    EXPECT_THAT(answer, HasSubstr("GET /unix unix 0\n"));
}

}  // namespace
}  // namespace vivi::http
