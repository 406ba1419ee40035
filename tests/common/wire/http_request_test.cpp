// The host of a request: where HTTP/1 may write it, and what is none.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/http_request.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::http {
namespace {

std::string host_of(std::string_view request) {
    const auto host = parse_host(as_bytes(request));
    return host ? std::string{host->text()} : "error " + std::to_string(static_cast<int>(host.error()));
}
const auto truncated = "error " + std::to_string(static_cast<int>(ParseError::Truncated));
const auto unsupported = "error " + std::to_string(static_cast<int>(ParseError::Unsupported));
const auto malformed = "error " + std::to_string(static_cast<int>(ParseError::Malformed));

TEST(HttpRequest, NamesItsHost) {
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost: www.Example.org\r\n\r\n"), "www.example.org");
    EXPECT_EQ(host_of("POST /a?b HTTP/1.1\r\nAccept: */*\r\nHOST:example.org:8080 \r\nX: y\r\n"), "example.org")
        << "cut behind it";
    EXPECT_EQ(host_of("GET / HTTP/1.0\nhost:\texample.org.\n\n"), "example.org") << "bare line feeds, RFC 9112 section 2.2";
}

TEST(HttpRequest, BelievesTheTargetBeforeTheField) {
    EXPECT_EQ(host_of("CONNECT example.org:443 HTTP/1.1\r\nHost: other.example\r\n\r\n"), "example.org");
    EXPECT_EQ(host_of("GET HTTP://example.org:80/x HTTP/1.1\r\nHost: other.example\r\n\r\n"), "example.org");
    EXPECT_EQ(host_of("GET http://example.org?x HTTP/1.1\r\nHost: other.example\r\n\r\n"), "example.org");
    EXPECT_EQ(host_of("GET /http://example.org HTTP/1.1\r\nHost: other.example\r\n\r\n"), "other.example");
}

TEST(HttpRequest, HasNoNameForAddressesAndNonsense) {
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n"), "");
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n"), "");
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "");
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost: a..b\r\n\r\n"), "");
    EXPECT_EQ(host_of("GET / HTTP/1.1\r\nAccept: */*\r\n\r\nHost: example.org\r\n"), "") << "behind the head";
}

TEST(HttpRequest, KnowsThatItIsCut) {
    const std::string whole = "GET /index.html HTTP/1.1\r\nAccept: */*\r\nHost: example.org\r\n";
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const auto cut = test::prefix_of(as_bytes(whole), size);
        EXPECT_EQ(parse_host(cut).error(), ParseError::Truncated) << size;
    }
    EXPECT_EQ(host_of(whole), "example.org");
    EXPECT_EQ(host_of("GE"), truncated);
}

TEST(HttpRequest, LeavesOtherProtocolsAlone) {
    EXPECT_EQ(host_of(""), unsupported);
    EXPECT_EQ(host_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), unsupported) << "HTTP/2 with prior knowledge";
    EXPECT_EQ(host_of("GET me out of here\r\n"), unsupported);
    EXPECT_EQ(host_of("SSH-2.0-x\r\n"), unsupported);
    EXPECT_EQ(host_of("get / HTTP/1.1\r\n"), unsupported) << "methods are case-sensitive";
}

TEST(HttpRequest, ReadsAHundredFieldsAtMost) {
    std::string request = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 99; ++i) request += "x: y\r\n";
    EXPECT_EQ(host_of(request + "Host: example.org\r\n"), "example.org");
    EXPECT_EQ(host_of(request + "x: y\r\nHost: example.org\r\n"), malformed);
}

}  // namespace
}  // namespace vivi::wire::http
