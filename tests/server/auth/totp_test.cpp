// One-time codes by the vectors of their RFCs, and secrets that stay sealed.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/totp.hpp"

#include <gtest/gtest.h>

#include "common/core/crypto.hpp"
#include "server/auth/sealing.hpp"

namespace vivi::auth {
namespace {

const Bytes rfc_secret = [] {
    const auto text = as_bytes(std::string_view{"12345678901234567890"});
    return Bytes{text.begin(), text.end()};
}();
constexpr WallTime at(std::int64_t seconds) { return WallTime{Milliseconds{seconds * 1'000}}; }

TEST(Totp, GivesTheCodesOfRfc6238AppendixB) {
    const std::pair<std::int64_t, std::string_view> rows[] = {{59, "94287082"},
                                                              {1'111'111'109, "07081804"},
                                                              {1'111'111'111, "14050471"},
                                                              {1'234'567'890, "89005924"},
                                                              {2'000'000'000, "69279037"},
                                                              {20'000'000'000, "65353130"}};
    for (const auto& [seconds, code] : rows) {
        EXPECT_EQ(totp_code(rfc_secret, totp_step_at(at(seconds)), 8), code) << seconds;
        EXPECT_EQ(totp_code(rfc_secret, totp_step_at(at(seconds))), code.substr(2)) << seconds;
    }
}

TEST(Totp, GivesTheCodesOfRfc4226AppendixD) {
    const std::string_view codes[] = {"755224", "287082", "359152", "969429", "338314",
                                      "254676", "287922", "162583", "399871", "520489"};
    for (std::int64_t counter = 0; counter < 10; ++counter) EXPECT_EQ(totp_code(rfc_secret, counter), codes[counter]) << counter;
}

TEST(Totp, TakesAStepOnEitherSideAndNoneTwice) {
    const auto now = at(1'111'111'111);
    const auto step = totp_step_at(now);
    for (const auto off : {-1, 0, 1}) EXPECT_EQ(match_totp(rfc_secret, totp_code(rfc_secret, step + off), now, 0), step + off);
    for (const auto off : {-2, 2}) EXPECT_EQ(match_totp(rfc_secret, totp_code(rfc_secret, step + off), now, 0), std::nullopt);
    EXPECT_EQ(match_totp(rfc_secret, totp_code(rfc_secret, step), now, step), std::nullopt) << "used";
    EXPECT_EQ(match_totp(rfc_secret, totp_code(rfc_secret, step - 1), now, step), std::nullopt) << "older than a used one";
    EXPECT_EQ(match_totp(rfc_secret, totp_code(rfc_secret, step + 1), now, step), step + 1);
    for (const auto* wrong : {"", "0", "12345", "1234567", "abcdef"})
        EXPECT_EQ(match_totp(rfc_secret, wrong, now, 0), std::nullopt) << wrong;
}

TEST(Totp, WritesBase32AsRfc4648Section10) {
    const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                  {"f", "MY"},
                                                                  {"fo", "MZXQ"},
                                                                  {"foo", "MZXW6"},
                                                                  {"foob", "MZXW6YQ"},
                                                                  {"fooba", "MZXW6YTB"},
                                                                  {"foobar", "MZXW6YTBOI"}};
    for (const auto& [text, encoded] : rows) EXPECT_EQ(to_base32(as_bytes(text)), encoded);
}

TEST(Totp, TellsAnAuthenticatorEverything) {
    EXPECT_EQ(
        totp_uri(rfc_secret, "ann+x@example.org"),
        "otpauth://totp/Vivi:ann%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vivi&algorithm=SHA1&digits=6"
        "&period=30");
}

std::string key_line(char digit) { return std::string(64, digit) + "\n"; }

TEST(Sealing, OpensOnlyForTheSameOwnerAndTheSameKey) {
    const auto sealing = *Sealing::parse("# of this server\n" + key_line('a'));
    const auto sealed = sealing.seal(rfc_secret, "ann");
    EXPECT_EQ(sealing.open(sealed, "ann"), rfc_secret);
    EXPECT_EQ(sealing.open(sealed, "bob"), std::nullopt);
    EXPECT_EQ(Sealing::parse(key_line('b'))->open(sealed, "ann"), std::nullopt);
    EXPECT_NE(sealing.seal(rfc_secret, "ann"), sealed) << "a nonce of its own each time";
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] ^= std::byte{1};
        EXPECT_EQ(sealing.open(changed, "ann"), std::nullopt) << i;
    }
    EXPECT_EQ(sealing.open(BytesView{sealed}.first(10), "ann"), std::nullopt);
    EXPECT_EQ(Sealing{}.open(sealed, "ann"), std::nullopt);
}

TEST(Sealing, TurnsToANewKeyAndStillReadsTheOld) {
    const auto old = *Sealing::parse(key_line('a'));
    const auto both = *Sealing::parse(key_line('b') + key_line('a'));
    EXPECT_EQ(both.open(old.seal(rfc_secret, "ann"), "ann"), rfc_secret);
    EXPECT_EQ(old.open(both.seal(rfc_secret, "ann"), "ann"), std::nullopt);
}

TEST(Sealing, RefusesWhatIsNoKey) {
    for (const std::string text : {"", "# nothing\n", "abcd\n", "zz"}) EXPECT_FALSE(Sealing::parse(text)) << text;
}

}  // namespace
}  // namespace vivi::auth
