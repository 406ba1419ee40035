// ClientHellos: recorded ones are read, ECH is noticed, and no length in them is believed.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/tls_hello.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/common/wire/bytes_of.hpp"
#include "tests/common/wire/hellos.hpp"

namespace vivi::wire::tls {
namespace {

using test::bytes_of;

struct Recorded {
    const char* name;
    std::string_view hex;
    std::string_view server_name;
    bool has_ech;
};

constexpr Recorded recorded[] = {
    {"OpenSSL, TLS 1.3", test::openssl_tls13_hello, "www.example.org", false},
    {"OpenSSL, TLS 1.2", test::openssl_tls12_hello, "login.example.net", false},
    {"OpenSSL without a name", test::openssl_nameless_hello, "", false},
    {"Chromium, ECH", test::chromium_hello, "shop.example.com", true},
};

/// A record with a ClientHello of `extensions` (their bytes, without the length).
Bytes hello_with(std::string_view extensions_hex) {
    const auto extensions = bytes_of(extensions_hex);
    Writer body;
    body.u16(0x0303).zeros(32).u8(0).u16(2).u16(0x1301).u8(1).u8(0);
    body.u16(static_cast<std::uint16_t>(extensions.size())).put(extensions);
    Writer record;
    record.u8(22).u16(0x0301).u16(static_cast<std::uint16_t>(body.size() + 4)).u8(1).u24(static_cast<std::uint32_t>(body.size()));
    return record.put(body.view()).take_bytes();
}

/// Extension server_name with one host_name.
std::string server_name_extension(std::string_view name) {
    Writer out;
    const auto length = static_cast<std::uint16_t>(name.size());
    out.u16(0)
        .u16(static_cast<std::uint16_t>(length + 5))
        .u16(static_cast<std::uint16_t>(length + 3))
        .u8(0)
        .u16(length)
        .put(name);
    return crypto::to_hex(out.view());
}

TEST(TlsHello, ReadsRecordedHellos) {
    for (const auto& one : recorded) {
        SCOPED_TRACE(one.name);
        const auto hello = parse_client_hello(bytes_of(one.hex));
        ASSERT_TRUE(hello);
        EXPECT_EQ(hello->server_name.text(), one.server_name);
        EXPECT_EQ(hello->has_ech, one.has_ech);
        EXPECT_TRUE(hello->is_complete);
    }
}

TEST(TlsHello, NeverReadsBehindTheEndAndKnowsThatItIsCut) {
    for (const auto& one : recorded) {
        SCOPED_TRACE(one.name);
        const auto bytes = bytes_of(one.hex);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto cut = test::prefix_of(bytes, size);
            const auto hello = parse_client_hello(cut);
            if (hello)
                EXPECT_FALSE(hello->is_complete) << size;
            else
                EXPECT_EQ(hello.error(), ParseError::Truncated) << size;
        }
    }
}

/// `hello` (one record) as records of at most `most` bytes of the handshake message each.
Bytes in_records(BytesView hello, std::size_t most) {
    Writer out;
    for (auto message = hello.subspan(5); !message.empty();) {
        const auto piece = message.first(std::min(most, message.size()));
        out.u8(22).u16(0x0301).u16(static_cast<std::uint16_t>(piece.size())).put(piece);
        message = message.subspan(piece.size());
    }
    return out.take_bytes();
}

TEST(TlsHello, ReadsHellosInSeveralRecords) {
    for (const auto& one : recorded) {
        SCOPED_TRACE(one.name);
        const auto whole = bytes_of(one.hex);
        for (const std::size_t most : {1U, 3U, 4U, 5U, 100U, 1'000U}) {
            const auto records = in_records(whole, most);
            const auto hello = parse_client_hello(records);
            ASSERT_TRUE(hello) << most;
            EXPECT_EQ(hello->server_name.text(), one.server_name);
            EXPECT_EQ(hello->has_ech, one.has_ech);
            EXPECT_TRUE(hello->is_complete) << most;
            const auto cut = test::prefix_of(records, records.size() - 1);
            EXPECT_FALSE(parse_client_hello(cut)->is_complete) << most;
        }
    }
}

TEST(TlsHello, ReadsNoFurtherThanAnotherKindOfRecord) {
    auto records = in_records(bytes_of(test::openssl_tls13_hello), 200);
    records[205] = std::byte{23};
    const auto hello = parse_client_hello(records);
    ASSERT_TRUE(hello);
    EXPECT_FALSE(hello->is_complete);
}

TEST(TlsHello, ReadsHandshakeMessagesWithoutRecords) {
    for (const auto& one : recorded) {
        SCOPED_TRACE(one.name);
        const auto whole = bytes_of(one.hex);
        const auto message = BytesView{whole}.subspan(5);
        const auto hello = parse_client_hello_message(message);
        ASSERT_TRUE(hello);
        EXPECT_EQ(hello->server_name.text(), one.server_name);
        EXPECT_TRUE(hello->is_complete);
        for (std::size_t size = 0; size < message.size(); ++size) {
            const auto cut = parse_client_hello_message(test::prefix_of(message, size));
            EXPECT_FALSE(cut && cut->is_complete) << size;
        }
    }
    EXPECT_EQ(parse_client_hello_message(bytes_of("02000000")).error(), ParseError::Unsupported);
}

TEST(TlsHello, NamesWhatIsCutBehindTheNameButNotComplete) {
    const auto bytes = bytes_of(test::openssl_tls13_hello);
    const auto hello = parse_client_hello(test::prefix_of(bytes, bytes.size() - 10));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->server_name.text(), "www.example.org");
    EXPECT_FALSE(hello->is_complete);
}

TEST(TlsHello, NoticesEncryptedClientHelloBeforeAndBehindTheName) {
    const auto name = server_name_extension("cloudflare-ech.com");
    EXPECT_TRUE(parse_client_hello(hello_with("fe0d0001aa" + name))->has_ech);
    EXPECT_TRUE(parse_client_hello(hello_with(name + "fe0d0001aa"))->has_ech);
    EXPECT_FALSE(parse_client_hello(hello_with(name))->has_ech);
}

TEST(TlsHello, HasNoNameForWhatIsNone) {
    const auto name_of = [](std::string_view extensions) {
        return std::string{parse_client_hello(hello_with(extensions))->server_name.text()};
    };
    EXPECT_EQ(name_of(server_name_extension("192.0.2.1")), "") << "RFC 6066: no literal addresses";
    EXPECT_EQ(name_of(server_name_extension("")), "");
    EXPECT_EQ(name_of(server_name_extension("a..b")), "");
    EXPECT_EQ(name_of("00000000"), "") << "what a server sends";
    EXPECT_EQ(name_of("0000 0004 ffff 00 00"), "") << "a list longer than its extension";
    EXPECT_EQ(name_of("0000 0005 0003 00 ffff"), "") << "a name longer than its list";
    EXPECT_EQ(name_of(server_name_extension("a b\n")), "a\\032b\\010");
}

TEST(TlsHello, ReadsHellosWithoutExtensions) {
    const auto hello = parse_client_hello(bytes_of("16 0301 002d 01 000029 0303" + std::string(64, '0') + "00 0002 1301 01 00"));
    ASSERT_TRUE(hello);
    EXPECT_TRUE(hello->is_complete);
    EXPECT_TRUE(hello->server_name.empty());
}

TEST(TlsHello, RefusesWhatIsSomethingElse) {
    EXPECT_EQ(parse_client_hello(bytes_of("17 0303 0010 00")).error(), ParseError::Unsupported) << "application data";
    EXPECT_EQ(parse_client_hello(bytes_of("16 0303 0010 02 00000c 0303")).error(), ParseError::Unsupported) << "a ServerHello";
    EXPECT_EQ(parse_client_hello(bytes_of("16 0301 0000")).error(), ParseError::Malformed);
    EXPECT_EQ(parse_client_hello(bytes_of("16 0301 ffff 01 000000")).error(), ParseError::Malformed)
        << "more than a record may have";
    EXPECT_EQ(parse_client_hello(as_bytes("GET / HTTP/1.1\r\n")).error(), ParseError::Unsupported);
}

TEST(TlsHello, HoldsLengthsToWhatIsThere) {
    auto bytes = bytes_of(test::openssl_tls13_hello);
    bytes[6] = std::byte{0xff};  // Handshake length: 16 MiB.
    const auto hello = parse_client_hello(bytes);
    ASSERT_TRUE(hello);
    EXPECT_FALSE(hello->is_complete);
    EXPECT_FALSE(parse_client_hello(hello_with("0000ffff00"))->is_complete) << "an extension longer than all of them";
}

}  // namespace
}  // namespace vivi::wire::tls
