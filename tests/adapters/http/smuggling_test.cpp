// Requests that two parsers could understand differently, as attackers send them: refused, and the connection ends with them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <mutex>

#include "tests/adapters/http/running_site.hpp"

namespace vivi::http {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view post = "POST /first HTTP/1.1\r\nHost: h\r\n";
constexpr std::string_view hidden = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

/// Remembers what reached the handler.
class HttpSmuggling : public testing::Test {
protected:
    std::vector<std::string> handled() {
        const std::lock_guard lock{mutex};
        return std::exchange(requests, {});
    }
    /// Everything the server says to these bytes until it closes; fails when it does not.
    std::string answers(std::string_view bytes) {
        RawClient client{running.port()};
        client.send(bytes);
        auto all = client.read_all();
        EXPECT_TRUE(client.is_closed()) << "still open after: " << bytes.substr(0, 200);
        return all;
    }

    std::mutex mutex;
    std::vector<std::string> requests{};
    RunningSite running{{.handle = [this](Request request) -> Task<Response> {
                             const std::lock_guard lock{mutex};
                             requests.push_back(request.method + " " + request.target + " " + request.body);
                             co_return text_response(200, "handled");
                         },
                         .limits = {.header_timeout = Seconds{1}, .idle_timeout = Seconds{2}}}};
};

TEST_F(HttpSmuggling, BodiesWhoseEndIsAMatterOfOpinionAreRefused) {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    for (const auto& fields : {
             "Content-Length: 5\r\n" + chunked,  // CL.TE
             chunked + "Content-Length: 5\r\n",  // TE.CL
             chunked + chunked,                  // TE.TE
             "Transfer-Encoding: chunked, chunked\r\n"s,
             "Transfer-Encoding: gzip, chunked\r\n"s,
             "Transfer-Encoding: chunked, identity\r\n"s,
             "Transfer-Encoding: identity\r\n"s,
             "Transfer-Encoding: xchunked\r\n"s,
             "Transfer-Encoding: \"chunked\"\r\n"s,
             "Transfer-Encoding: chunked;x=y\r\n"s,
             "Transfer-Encoding:\x0b"
             "chunked\r\n"s,
             "Transfer-Encoding: chunked\x0b\r\n"s,
             "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n"s,  // obs-fold
             "Transfer-Encoding : chunked\r\n"s,                          // RFC 9112 section 5.1
             " Transfer-Encoding: chunked\r\n"s,
             "Transfer-Encoding\t: chunked\r\n"s,
             "Transfer-Encoding: chunked\nContent-Length: 5\r\n"s,  // bare LF
             "X: y\rTransfer-Encoding: chunked\r\n"s,               // bare CR
             "Content-Length: 5\r\nContent-Length: 5\r\n"s,
             "Content-Length: 5\r\nContent-Length: 0\r\n"s,
             "Content-Length: 5, 5\r\n"s,
             "Content-Length: +5\r\n"s,
             "Content-Length: -5\r\n"s,
             "Content-Length: 0x5\r\n"s,
             "Content-Length: 5 5\r\n"s,
             "Content-Length: 5a\r\n"s,
             "Content-Length: \r\n"s,
             "Content-Length: 18446744073709551621\r\n"s,  // 5 modulo 2^64
             "Content-Length: 5\r\n 0\r\n"s,               // obs-fold
         }) {
        const auto said = answers(std::string{post} + fields + "\r\n0\r\n\r\n" + std::string{hidden});
        EXPECT_THAT(said, StartsWith("HTTP/1.1 4")) << fields;
        EXPECT_THAT(handled(), IsEmpty()) << fields;
    }
}

TEST_F(HttpSmuggling, ChunksAreReadToTheLetterOrNotAtAll) {
    const auto head = std::string{post} + "Transfer-Encoding: chunked\r\n\r\n";
    for (const auto& body : {
             "zz\r\nabc\r\n0\r\n\r\n"s, "-1\r\nabc\r\n0\r\n\r\n"s, "+3\r\nabc\r\n0\r\n\r\n"s, "0x3\r\nabc\r\n0\r\n\r\n"s,
             " 3\r\nabc\r\n0\r\n\r\n"s, "\r\nabc\r\n0\r\n\r\n"s, "3\nabc\r\n0\r\n\r\n"s, "3\rabc\r\n0\r\n\r\n"s,
             "3\r\nabcd\r\n0\r\n\r\n"s, "3\r\nabc0\r\n\r\n"s, "10000000000000003\r\nabc\r\n0\r\n\r\n"s,
             "ffffffffffffffff\r\nabc\r\n0\r\n\r\n"s, "3;\x01=y\r\nabc\r\n0\r\n\r\n"s, "3\r\nabc\r\n0\r\nX\r\n\r\n"s,
             "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n"s,  // RFC 9110 section 6.5.1
         }) {
        const auto said = answers(head + body + std::string{hidden});
        EXPECT_THAT(said, StartsWith("HTTP/1.1 4")) << body;
        EXPECT_THAT(handled(), IsEmpty()) << body;
    }
}

TEST_F(HttpSmuggling, AnExtensionAndATrailerChangeNothing) {
    const auto said =
        answers(std::string{post} + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3;a=\"b;c\"\r\nabc\r\n0\r\n" +
                "X: y\r\n\r\n" + std::string{hidden});
    EXPECT_THAT(said, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(handled(), testing::ElementsAre("POST /first abc")) << "after `close` nothing is read";
}

TEST_F(HttpSmuggling, RequestsCutAnywhereAreTheSameRequests) {
    const auto bytes =
        "POST /one HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "POST /two HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
        "GET /three HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"s;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        RawClient client{running.port()};
        client.send(bytes.substr(0, cut));
        client.send(bytes.substr(cut));
        const auto said = client.read_all();
        EXPECT_THAT(handled(), testing::ElementsAre("POST /one abc", "POST /two de", "GET /three ")) << cut << ": " << said;
    }
}

TEST_F(HttpSmuggling, HeadsThatAreNotByTheGrammarAreRefused) {
    for (const auto& head : {
             "GET / HTTP/1.1\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nhOsT: b\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n"s,
             "GET / HTTP/1.1\r\n Host: a\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX\0Y: b\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX: b\x7f\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n"s,
             "GET / HTTP/1.1\r\nHost: a\r\nX(Y): b\r\n\r\n"s,
             "GET / HTTP/1.1\nHost: a\n\n"s,
             "GET / HTTP/1.1\rHost: a\r\r"s,
             "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/1.1x\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/1.10\r\nHost: a\r\n\r\n"s,
             "GET / http/1.1\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/0.9\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/3.0\r\nHost: a\r\n\r\n"s,
             "GET /\r\n\r\n"s,
             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s,
             "CONNECT h:443 HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET h/a HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET ftp://h/a HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s,
             "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello to a plain port\r\n\r\n"s,
         }) {
        const auto said = answers(head + std::string{hidden});
        EXPECT_THAT(said, StartsWith("HTTP/1.1 4")) << head;
        EXPECT_THAT(handled(), IsEmpty()) << head;
    }
}

TEST_F(HttpSmuggling, NothingIsReadAfterAnErrorInTheMiddleOfAPipeline) {
    const auto said =
        answers("GET /fine HTTP/1.1\r\nHost: h\r\n\r\nGET /broken HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + std::string{hidden});
    EXPECT_THAT(said, HasSubstr("HTTP/1.1 200 OK"));
    EXPECT_THAT(said, HasSubstr("HTTP/1.1 400 "));
    EXPECT_THAT(handled(), testing::ElementsAre("GET /fine "));
}

TEST_F(HttpSmuggling, TheAbsoluteFormNamesThePathAndNothingElse) {
    answers("GET http://elsewhere.example/a?b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(handled(), testing::ElementsAre("GET /a?b "));
}

TEST_F(HttpSmuggling, HeadersHaveABoundInSizeAndInTime) {
    std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 5'000; ++i) many += "X" + std::to_string(i) + ": y\r\n";
    EXPECT_THAT(answers(many + "\r\n"), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(answers("GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(answers(std::string(40'000, 'G')), StartsWith("HTTP/1.1 4"));
    // A byte now and then does not prolong the time for the header.
    RawClient slow{running.port()};
    slow.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
    test::await("the server to give up", [&] { return !slow.send("y"); }, Milliseconds{10'000});
    EXPECT_THAT(handled(), IsEmpty());
}

}  // namespace
}  // namespace vivi::http
