// The second factor: set up, asked for, good once, and what helps when the phone is lost.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"
#include "server/auth/totp.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* begin = "mutation { beginTotp { enrolment { secret uri } errors { code } } }";
constexpr const char* confirm = "mutation ($code: String!) { confirmTotp(code: $code) { recoveryCodes errors { code } } }";
constexpr const char* login = R"(mutation ($email: String!, $password: String!) {
  login(input: {email: $email, password: $password}) { user { email } challenge errors { code } } })";
constexpr const char* finish = R"(mutation ($challenge: String!, $code: String!) {
  finishLogin(input: {challenge: $challenge, code: $code}) { user { email } errors { code } } })";

class SecondFactorTest : public Api {
protected:
    Site site = make_site("second");
    std::string email = make_user(site, "owner");
    std::unique_ptr<api::Call> call = sign_in(email);
    Bytes secret{};
    std::vector<std::string> recovery_codes{};

    /// The code of the step `off` from this one; a step changes while a test runs, which one off on either side allows.
    std::string code(int off = 0) const { return auth::totp_code(secret, auth::totp_step_at(wall_now()) + off); }
    /// What an authenticator does with the secret it is shown.
    static Bytes from_base32(const std::string& text) {
        const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        Bytes bytes;
        std::uint32_t bits = 0;
        int count = 0;
        for (const char c : text) {
            bits = (bits << 5) | static_cast<std::uint32_t>(alphabet.find(c));
            if ((count += 5) >= 8) bytes.push_back(static_cast<std::byte>((bits >> (count -= 8)) & 0xff));
        }
        return bytes;
    }
    void turn_on() {
        const auto begun = ask(*call, begin)["data"]["beginTotp"];
        secret = from_base32(begun["enrolment"]["secret"]);
        const auto on = ask(*call, confirm, {{"code", code()}})["data"]["confirmTotp"];
        if (!on["errors"].empty()) throw std::runtime_error{on.dump()};
        for (const auto& one : on["recoveryCodes"]) recovery_codes.push_back(one);
    }
    std::string challenge() {
        const auto answer = ask(*stranger(), login, {{"email", email}, {"password", password}})["data"]["login"];
        if (!answer["challenge"].is_string()) throw std::runtime_error{answer.dump()};
        return answer["challenge"];
    }
    std::string finish_with(const std::string& of, const std::string& given) {
        const auto answer = ask(*stranger(), finish, {{"challenge", of}, {"code", given}})["data"]["finishLogin"];
        return answer["errors"].empty() ? answer["user"]["email"].get<std::string>()
                                        : answer["errors"][0]["code"].get<std::string>();
    }
};

TEST_F(SecondFactorTest, IsAskedForOnceItIsConfirmed) {
    EXPECT_EQ(ask(*call, "{ secondFactor { isOn } }")["data"]["secondFactor"]["isOn"], false);
    const auto begun = ask(*call, begin)["data"]["beginTotp"];
    EXPECT_TRUE(begun["enrolment"]["uri"].get<std::string>().starts_with("otpauth://totp/Vivi:owner%40")) << begun;
    EXPECT_EQ(ask(*call, confirm, {{"code", "000"}})["data"]["confirmTotp"]["errors"][0]["code"], "WRONG_CREDENTIALS");
    EXPECT_TRUE(ask(*stranger(), login, {{"email", email}, {"password", password}})["data"]["login"]["challenge"].is_null())
        << "not confirmed yet";
    turn_on();
    EXPECT_EQ(recovery_codes.size(), 10u);
    EXPECT_EQ(ask(*call, "{ secondFactor { recoveryCodesLeft } }")["data"]["secondFactor"]["recoveryCodesLeft"], 10);
    EXPECT_EQ(ask(*call, begin)["data"]["beginTotp"]["errors"][0]["code"], "CONFLICT");

    auto half = stranger();
    const auto answer = ask(*half, login, {{"email", email}, {"password", password}})["data"]["login"];
    EXPECT_TRUE(answer["user"].is_null()) << answer;
    EXPECT_TRUE(half->cookies.empty());
    EXPECT_TRUE(half->token.empty());
    EXPECT_EQ(finish_with(answer["challenge"], code(1)), email);
    EXPECT_EQ(finish_with(answer["challenge"], code(1)), "CHALLENGE_OVER") << "a challenge is met once";
    EXPECT_EQ(sink.wait_for(1).to, email) << "the owner is told";
}

TEST_F(SecondFactorTest, ACodeIsGoodOnce) {
    turn_on();
    const auto used = code(1);
    EXPECT_EQ(finish_with(challenge(), used), email);
    EXPECT_EQ(finish_with(challenge(), used), "WRONG_CREDENTIALS");
    EXPECT_EQ(finish_with(challenge(), recovery_codes[0]), email);
    EXPECT_EQ(finish_with(challenge(), recovery_codes[0]), "WRONG_CREDENTIALS");
}

TEST_F(SecondFactorTest, FiveWrongCodesEndTheChallenge) {
    turn_on();
    const auto of = challenge();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(finish_with(of, "abcdef"), "WRONG_CREDENTIALS");
    EXPECT_EQ(finish_with(of, recovery_codes[0]), "CHALLENGE_OVER");
    EXPECT_EQ(finish_with(challenge(), recovery_codes[0]), "TOO_MANY_ATTEMPTS") << "another challenge does not give five more";
    EXPECT_EQ(finish_with("nonsense", "000000"), "CHALLENGE_OVER");
}

TEST_F(SecondFactorTest, ChangingItNeedsStepUpWhichACodeGives) {
    turn_on();
    const auto age = [&] {
        postgres().sql("update sessions set stepped_up_at = now() - interval '301 seconds' where user_id = '" +
                       call->account->user + "'");
    };
    for (const std::string operation : {"beginTotp", "disableTotp", "renewRecoveryCodes"}) {
        age();
        EXPECT_EQ(code_of(ask(*call, "mutation { " + operation + " { errors { code } } }")), "STEP_UP_REQUIRED") << operation;
    }
    EXPECT_TRUE(ask(*call, "mutation { stepUp(input: {code: \"" + recovery_codes[1] +
                               "\"}) { errors { code } } }")["data"]["stepUp"]["errors"]
                    .empty());
    const auto renewed =
        ask(*call, "mutation { renewRecoveryCodes { recoveryCodes errors { code } } }")["data"]["renewRecoveryCodes"];
    EXPECT_EQ(renewed["recoveryCodes"].size(), 10u) << renewed;
    EXPECT_EQ(finish_with(challenge(), recovery_codes[2]), "WRONG_CREDENTIALS") << "the old ones are gone";
    EXPECT_TRUE(ask(*call, "mutation { disableTotp { errors { code } } }")["data"]["disableTotp"]["errors"].empty());
    EXPECT_EQ(ask(*stranger(), login, {{"email", email}, {"password", password}})["data"]["login"]["user"]["email"], email);
}

TEST_F(SecondFactorTest, NothingOfItIsStoredInTheClear) {
    turn_on();
    const auto hex = crypto::to_hex(secret);
    EXPECT_EQ(number("select count(*) from second_factors where encode(sealed_secret, 'hex') like '%" + hex + "%'"), "0");
    EXPECT_EQ(number("select length(sealed_secret) from second_factors f join users u on u.id = f.user_id where u.email = '" +
                     email + "'"),
              std::to_string(4 + 24 + 20 + 16));
    EXPECT_EQ(number("select min(length(code_hash)) || ' ' || count(*) from recovery_codes r join users u on u.id = r.user_id "
                     "where u.email = '" +
                     email + "'"),
              "32 10");
}

}  // namespace
}  // namespace vivi::test
