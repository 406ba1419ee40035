// The PIN of the box: its hash, attempts, sessions.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/pin_gate.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

constexpr Instant start{};

TEST(Pin, IsHashedAsRfc7914Shows) {
    // RFC 7914 section 11, the first 32 bytes of each.
    EXPECT_EQ(crypto::to_hex(pbkdf2(as_bytes("passwd"), as_bytes("salt"), 1)),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    EXPECT_EQ(crypto::to_hex(pbkdf2(as_bytes("Password"), as_bytes("NaCl"), 80'000)),
              "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Pin, IsReadFromItsFile) {
    // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:12345678 -kdfopt hexsalt:000102030405060708090a0b0c0d0e0f -kdfopt
    // iter:1000 PBKDF2
    const auto hash = crypto::to_hex(pbkdf2(as_bytes("12345678"), *crypto::from_hex("000102030405060708090a0b0c0d0e0f"), 1'000));
    const auto pin = parse_pin_hash("pbkdf2-sha256 1000 000102030405060708090a0b0c0d0e0f " + hash + "\n");
    ASSERT_TRUE(pin);
    EXPECT_TRUE(is_pin("12345678", *pin));
    EXPECT_TRUE(is_pin("1234 56-78", *pin)) << "as it is printed";
    for (const auto* typed : {"", "12345679", "1234567", "123456789"}) EXPECT_FALSE(is_pin(typed, *pin)) << typed;
    for (const std::string& text :
         {std::string{}, std::string{"12345678"}, "pbkdf2-sha256 10 000102030405060708090a0b0c0d0e0f " + hash,
          "pbkdf2-sha256 1000 00 " + hash, std::string{"pbkdf2-sha256 1000 000102030405060708090a0b0c0d0e0f 00"}})
        EXPECT_EQ(parse_pin_hash(text).has_value(), false) << text;
}

TEST(PinGate, LooksAtFiveAttemptsInFiveMinutes) {
    PinGate gate;
    for (std::size_t i = 0; i < PinGate::most_attempts; ++i) EXPECT_TRUE(gate.may_try(start));
    EXPECT_FALSE(gate.may_try(start + 299s));
    EXPECT_TRUE(gate.may_try(start + 300s));
    gate.open(Bytes(32), start + 300s);
    for (std::size_t i = 0; i < PinGate::most_attempts; ++i)
        EXPECT_TRUE(gate.may_try(start + 301s)) << "the right one begins anew";
}

TEST(PinGate, ASessionEndsWithoutUse) {
    PinGate gate;
    const auto token = gate.open(Bytes(32, std::byte{1}), start);
    EXPECT_TRUE(gate.is_open(token, start + 899s));
    EXPECT_TRUE(gate.is_open(token, start + 1'700s)) << "used in between";
    EXPECT_FALSE(gate.is_open(token, start + 2'600s));
    const auto other = gate.open(Bytes(32, std::byte{2}), start);
    gate.close(other);
    EXPECT_FALSE(gate.is_open(other, start));
    EXPECT_FALSE(gate.is_open("", start));
}

TEST(PinGate, KeepsFewSessions) {
    PinGate gate;
    std::vector<std::string> tokens;
    for (std::uint8_t i = 0; i <= PinGate::most_sessions; ++i) tokens.push_back(gate.open(Bytes(32, std::byte{i}), start));
    EXPECT_FALSE(gate.is_open(tokens.front(), start));
    EXPECT_TRUE(gate.is_open(tokens.back(), start));
}

}  // namespace
}  // namespace vivi::openvivi_embedded
