// Messages survive being bytes, and nothing in them can begin another message.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/codec.hpp"

#include <gmock/gmock.h>

namespace vivi::http {
namespace {

using testing::Contains;
using testing::Pair;

TEST(Codec, WritesARequestWithItsLengthAndHost) {
    const auto bytes =
        serialize({.method = "POST", .target = "/v1/reboot", .headers = {{"authorization", "Bearer x"}}, .body = "{}"}, "router");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes, "POST /v1/reboot HTTP/1.1\r\nhost: router\r\nauthorization: Bearer x\r\ncontent-length: 2\r\n\r\n{}");
}

TEST(Codec, WritesNoLengthForAGetAndTheLengthZeroForAnEmptyPost) {
    EXPECT_EQ(serialize({.method = "GET", .target = "/"}, "h").value(), "GET / HTTP/1.1\r\nhost: h\r\n\r\n");
    EXPECT_EQ(serialize({.method = "POST", .target = "/"}, "h").value(),
              "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n");
}

TEST(Codec, KeepsTheFramingToItself) {
    const Request liar{
        .method = "POST", .target = "/", .headers = {{"content-length", "99"}, {"transfer-encoding", "chunked"}}, .body = "x"};
    EXPECT_EQ(serialize(liar, "h").value(), "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\nx");
}

TEST(Codec, RefusesWhatCouldBeginAnotherMessage) {
    EXPECT_FALSE(serialize({.method = "GET /x", .target = "/"}, "h"));
    EXPECT_FALSE(serialize({.method = "GET", .target = "/ HTTP/1.1\r\nx: y"}, "h"));
    EXPECT_FALSE(serialize({.method = "GET", .target = ""}, "h"));
    EXPECT_FALSE(serialize({.method = "GET", .target = "/", .headers = {{"x", "y\r\nz: 1"}}}, "h"));
    EXPECT_FALSE(serialize({.method = "GET", .target = "/", .headers = {{"x:", "y"}}}, "h"));
    EXPECT_FALSE(serialize({.method = "GET", .target = "/"}, "h\r\nx: y"));
    EXPECT_FALSE(serialize_head({.status = 200, .headers = {{"location", "/\r\nset-cookie: a=b"}}}, {}));
    EXPECT_FALSE(serialize_head({.status = 7}, {}));
}

TEST(Codec, WritesAResponsesHead) {
    const auto head = serialize_head({.status = 404, .headers = {{"content-type", "text/plain"}}},
                                     {.body_bytes = 3, .close = true, .date = "Sun, 06 Nov 1994 08:49:37 GMT"});
    EXPECT_EQ(head.value(),
              "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: "
              "3\r\nconnection: close\r\n\r\n");
    EXPECT_EQ(serialize_head({.status = 204}, {}).value(), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Codec, WritesDatesAsTheRfcDoes) {
    EXPECT_EQ(to_http_date(from_unix_ms(784'111'777'500)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(to_http_date(from_unix_ms(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
}

struct Case {
    const char* name;
    const char* method;
    std::string bytes;
    int status;
    std::string body;
    bool needs_end;
};

const std::vector<Case> responses{
    {"by length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: v\r\n\r\nhello", 200, "hello", false},
    {"chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Name: v\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
     200, "hello", false},
    {"chunked and empty", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Name: v\r\n\r\n0\r\n\r\n", 200, "", false},
    {"to the end", "GET", "HTTP/1.1 200 OK\r\nX-Name: v\r\n\r\nhello", 200, "hello", true},
    {"of HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: v\r\n\r\n", 200, "", false},
    {"without body", "GET", "HTTP/1.1 204 No Content\r\nX-Name: v\r\n\r\n", 204, "", false},
    {"empty", "GET", "HTTP/1.1 500 \r\nContent-Length: 0\r\nX-Name: v\r\n\r\n", 500, "", false},
};

void expect_response(ResponseParser& parser, const Case& expected) {
    EXPECT_EQ(parser.is_done(), !expected.needs_end) << expected.name;
    ASSERT_TRUE(parser.end_of_stream()) << expected.name;
    const auto response = parser.take();
    EXPECT_EQ(response.status, expected.status) << expected.name;
    EXPECT_EQ(response.body, expected.body) << expected.name;
    EXPECT_THAT(response.headers, Contains(Pair("x-name", "v"))) << expected.name;
}

TEST(ResponseParser, ReadsEveryFramingAtOnce) {
    for (const auto& expected : responses) {
        ResponseParser parser{expected.method};
        ASSERT_TRUE(parser.feed(expected.bytes)) << expected.name;
        expect_response(parser, expected);
    }
}

TEST(ResponseParser, ReadsEveryFramingByteByByte) {
    for (const auto& expected : responses) {
        ResponseParser parser{expected.method};
        for (const char byte : expected.bytes) ASSERT_TRUE(parser.feed({&byte, 1})) << expected.name;
        expect_response(parser, expected);
    }
}

TEST(ResponseParser, DropsWhatComesAfterTheResponse) {
    ResponseParser parser{"GET"};
    ASSERT_TRUE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 no"));
    ASSERT_TRUE(parser.is_done());
    EXPECT_EQ(parser.take().body, "ok");
}

TEST(ResponseParser, SaysWhatIsWrong) {
    ResponseParser cut{"GET"};
    ASSERT_TRUE(cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"));
    EXPECT_EQ(cut.end_of_stream().error().code, Code::Unavailable);
    ResponseParser nothing{"GET"};
    EXPECT_EQ(nothing.end_of_stream().error().code, Code::Unavailable);
    ResponseParser other{"GET"};
    EXPECT_EQ(other.feed("SSH-2.0-OpenSSH_9.2\r\n\r\n").error().code, Code::Invalid);
    ResponseParser large{"GET", 4};
    EXPECT_EQ(large.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").error().code, Code::Overflow);
}

TEST(HttpCodec, ABodyWithoutAKnownEndIsChunked) {
    const Framing framing{.close = true, .is_chunked = true};
    const auto head = serialize_head({.headers = {{"content-type", "text/plain"}}}, framing);
    ASSERT_TRUE(head);
    EXPECT_THAT(*head, testing::HasSubstr("transfer-encoding: chunked\r\n"));
    EXPECT_THAT(*head, testing::Not(testing::HasSubstr("content-length")));
    ResponseParser parser{"GET"};
    EXPECT_TRUE(parser.feed(*head + serialize_chunk("first line\n") + serialize_chunk(std::string(300, 'x'))));
    EXPECT_FALSE(parser.is_done());
    EXPECT_TRUE(parser.feed(serialize_chunk("")));
    ASSERT_TRUE(parser.is_done());
    EXPECT_EQ(parser.take().body, "first line\n" + std::string(300, 'x'));
}

}  // namespace
}  // namespace vivi::http
