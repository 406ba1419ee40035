// A public key's text forms are those of ssh-keygen.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/public_key.hpp"

#include <gmock/gmock.h>

namespace vivi::ssh {
namespace {

// Made with ssh-keygen -t ed25519; the fingerprint is what ssh-keygen -lf printed.
constexpr std::string_view line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOSNa5StkX9gzaRFykP+heh3wYBrolW5ZFMAAQD/OdBw";
constexpr std::string_view print = "SHA256:KLVB706rVUvBNQL1Heu+7FFQPWjo/U/G4Cj1H4qmCx4";

TEST(SshPublicKey, HasTheFingerprintThatSshKeygenPrints) {
    const auto key = parse_public_key(line);
    ASSERT_TRUE(key);
    EXPECT_EQ(fingerprint(*key), print);
}

TEST(SshPublicKey, SurvivesItsTextForm) {
    const auto key = parse_public_key(std::string{line} + " a comment\r");
    ASSERT_TRUE(key);
    EXPECT_EQ(to_line(*key), line);
}

TEST(SshPublicKey, OfAnotherKindOrCutIsRefused) {
    for (const auto* text :
         {"", "ssh-ed25519", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOSNa5StkX9gzaRF",
          "ssh-ed25519 !!!!", "ecdsa-sha2-nistp256 AAAA"}) {
        EXPECT_FALSE(parse_public_key(text)) << text;
    }
    EXPECT_FALSE(parse_public_key(std::string{line} + "AAAA")) << "bytes after the key";
}

TEST(SshPublicKeys, OfAFileSkipCommentsAndNameTheWrongLine) {
    const auto keys = parse_public_keys("# current\n" + std::string{line} + "\n\n  # next\n" + std::string{line} + " next");
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->size(), 2u);

    const auto wrong = parse_public_keys(std::string{line} + "\nssh-dss AAAA\n");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().detail, testing::HasSubstr("line 2"));
}

}  // namespace
}  // namespace vivi::ssh
