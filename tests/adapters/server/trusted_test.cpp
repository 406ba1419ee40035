// vivi-server in trusted mode: the documents of its own web site run, others do not, and its schema is not told.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

class TrustedServerTest : public ServerTest {
protected:
    TrustedServerTest() {
        std::ofstream{web / "index.html"} << "<!doctype html><title>Vivi</title>";
        Json manifest;
        for (const auto& text : {me, log_in}) manifest[crypto::to_hex(crypto::sha256(as_bytes(text)))] = text;
        std::ofstream{web / "documents.json"} << manifest.dump();
    }
    std::string code(const Answer& answer) {
        const auto json = answer.json();
        return json.contains("errors") ? json["errors"][0]["extensions"]["code"].get<std::string>() : "";
    }
    const TempFolder web{};
    const std::string me = "query Me { me { email } }";
    const std::string log_in = "mutation($i: LoginInput!) { login(input: $i) { user { id } errors { code } } }";
};

TEST_F(TrustedServerTest, RunsTheDocumentsOfItsSiteAndNoOther) {
    const Server server{{{"VIVI_GRAPHQL_DOCUMENTS", "trusted"}, {"VIVI_WEB_ROOT", web.path()}}};
    await_ready(server);
    const auto email = make_user(make_site("trusted").organisation);
    const auto cookie = sign_in(server, email);
    EXPECT_EQ(post(server, {{"query", me}}, {{"cookie", cookie}}).json()["data"]["me"]["email"], email);
    const auto hash = crypto::to_hex(crypto::sha256(as_bytes(me)));
    EXPECT_EQ(post(server, {{"documentId", "sha256:" + hash}}, {{"cookie", cookie}}).json()["data"]["me"]["email"], email);
    EXPECT_EQ(code(post(server, {{"query", "{ me { email } }"}}, {{"cookie", cookie}})), "DOCUMENT_NOT_TRUSTED");
    EXPECT_EQ(code(post(server, {{"query", "{ __schema { types { name } } }"}}, {{"cookie", cookie}})), "DOCUMENT_NOT_TRUSTED");
    EXPECT_EQ(get(server, "/documents.json").status, 404) << "the manifest is for the server";
}

TEST_F(TrustedServerTest, FreesTheStaffWhereItIsTold) {
    const Server server{
        {{"VIVI_GRAPHQL_DOCUMENTS", "trusted"}, {"VIVI_GRAPHQL_FREE_DOCUMENTS", "staff"}, {"VIVI_WEB_ROOT", web.path()}}};
    await_ready(server);
    const auto email = make_user(make_site("staff").organisation);
    const Pairs headers{{"cookie", sign_in(server, email)}};
    const Json other{{"query", "{ me { email } }"}};
    EXPECT_EQ(code(post(server, other, headers)), "DOCUMENT_NOT_TRUSTED");
    postgres().sql("update users set staff_role = 'support' where email = '" + email + "'");
    await("the staff's role to be seen", [&] { return code(post(server, other, headers)).empty(); });
    EXPECT_EQ(code(post(server, {{"query", "{ __schema { types { name } } }"}}, headers)), "INTROSPECTION_DISABLED");
}

TEST_F(TrustedServerTest, FreesProgramsWithATokenWhereItIsTold) {
    const Server server{
        {{"VIVI_GRAPHQL_DOCUMENTS", "trusted"}, {"VIVI_GRAPHQL_FREE_DOCUMENTS", "tokens"}, {"VIVI_WEB_ROOT", web.path()}}};
    await_ready(server);
    const auto site = make_site("tokens");
    const auto email = make_user(site.organisation);
    const auto token = "vivi_" + std::string(43, 'A');
    postgres().sql("insert into api_tokens (organisation_id, user_id, name, scope, token_hash, expires_at) select '" +
                   site.organisation + "', id, 'x', 'read', sha256('" + token +
                   "'), now() + interval '1 hour' from users where email = '" + email + "'");
    const Json other{{"query", "{ routers { name } }"}};
    EXPECT_EQ(post(server, other, {{"authorization", "Bearer " + token}}).json()["data"]["routers"][0]["name"], "tokens");
    EXPECT_EQ(code(post(server, other, {{"authorization", "Bearer vivi_" + std::string(43, 'B')}})), "DOCUMENT_NOT_TRUSTED");
    EXPECT_EQ(code(post(server, other, {{"cookie", sign_in(server, email)}})), "DOCUMENT_NOT_TRUSTED");
}

TEST_F(TrustedServerTest, DoesNotStartWithoutAManifest) {
    const TempFolder empty;
    Server server{{{"VIVI_GRAPHQL_DOCUMENTS", "trusted"}, {"VIVI_WEB_ROOT", empty.path()}}};
    EXPECT_EQ(server.child().wait(), 78) << server.log();
    EXPECT_NE(server.log().find("documents.json"), std::string::npos) << server.log();
}

}  // namespace
}  // namespace vivi::test
