// What is signed for a command: the request of its row, and nothing of anybody else's making.
// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/command_signer.hpp"

#include <gmock/gmock.h>

#include "common/model/command_token.hpp"

namespace vivi::jobs {
namespace {

db::Unsigned row() {
    return {.command = "9b7f0e52-6d5d-4f4e-9d3c-1a2b3c4d5e6f",
            .custody = "6fb5d1ce-9a0e-4f43-8c1b-6b6a3f0c5a11",
            .fingerprint = "SHA256:f",
            .kind = model::CommandKind::StopService,
            .parameters = R"({"service":"vivi-dnsd"})",
            .nonce = std::string(32, 'a'),
            .boot_id = "boot"};
}

TEST(CommandSigner, SignsTheRequestOfTheRow) {
    const auto key = crypto::SigningKey::generate();
    const auto text = sign_command(row(), key);
    ASSERT_TRUE(text) << text.error().detail;
    const auto token = model::parse_token(*text);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->grant.command, row().command);
    EXPECT_EQ(token->grant.lifetime, Seconds{60});
    const model::TokenScope scope{.custody = row().custody,
                                  .fingerprint = "SHA256:f",
                                  .boot_id = "boot",
                                  .method = "POST",
                                  .target = "/v1/services/vivi-dnsd/stop",
                                  .body = crypto::sha256(as_bytes("{}"))};
    EXPECT_TRUE(model::verify_token(*token, scope, std::vector{key.public_key()}));
}

TEST(CommandSigner, SignsNothingThatIsNoCommand) {
    const auto key = crypto::SigningKey::generate();
    auto wrong = row();
    wrong.parameters = R"({"service":"../x"})";
    EXPECT_FALSE(sign_command(wrong, key));
    wrong.parameters = "nonsense";
    EXPECT_FALSE(sign_command(wrong, key));
    for (const auto* nonce : {"", "aa", "zz"}) {
        wrong = row();
        wrong.nonce = nonce;
        EXPECT_FALSE(sign_command(wrong, key)) << nonce;
    }
}

TEST(CommandSigner, ReadsItsKeyFile) {
    const auto key = crypto::SigningKey::generate();
    const auto read = parse_command_key(crypto::to_base64url(key.seed()) + "\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_key(), key.public_key());
    EXPECT_FALSE(parse_command_key(""));
    EXPECT_FALSE(parse_command_key("c2hvcnQ"));
}

}  // namespace
}  // namespace vivi::jobs
