// Pages in Chromium at a real vivi-server: the dashboard where only its own documents run, and the console of development.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

const std::string source = VIVI_SOURCE;

class RealWeb : public ServerTest {
protected:
    /// Runs it in the source tree; what it printed when it fails.
    void sh(const std::string& line, std::map<std::string, std::string> environment = {}) {
        const TempFolder folder;
        run_to_end({.command = {"/bin/sh", "-c", "cd '" + source + "' && " + line},
                    .environment = std::move(environment),
                    .output = folder / "output",
                    .user = {}});
    }
};

TEST_F(RealWeb, TheDashboardWorksWhereOnlyItsOwnDocumentsRun) {
    sh("deploy/build-web");
    const Server server{{{"VIVI_GRAPHQL_DOCUMENTS", "trusted"}, {"VIVI_WEB_ROOT", source + "/server/web/dist"}}};
    await_ready(server);
    const auto site = make_site("trusted web");
    const auto email = make_user(site.organisation);
    must(db::ingest(hub, batch(site, {traffic(1, wall_now(), phone, "a.example", 100, 200)}), wall_now()));
    EXPECT_NO_THROW(
        sh("tests/web/run specs/documents.test.mjs",
           {{"VIVI_URL", "http://127.0.0.1:" + std::to_string(server.port)}, {"VIVI_EMAIL", email}, {"VIVI_PASSWORD", password}}))
        << server.log();
    EXPECT_EQ(post(server, {{"query", "{ me { email } }"}}).json()["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
    const auto page = run(request(server.port, "GET", "/", {{"accept-encoding", "gzip, deflate, br"}}, ""));
    EXPECT_EQ(page.header("content-encoding"), "br");
    EXPECT_EQ(get(server, "/documents.json").status, 404);
}

TEST_F(RealWeb, TheConsoleWorksInDevelopment) {
    const Server server{{{"VIVI_GRAPHQL_DEVELOPMENT", "true"}}};
    await_ready(server);
    sh("deploy/npm-ci tests/web");
    EXPECT_NO_THROW(
        sh("{ [ ! -x /opt/vivi-tools/bin/node ] || PATH=/opt/vivi-tools/bin:$PATH; node tests/web/real/graphiql.mjs; }",
           {{"VIVI_URL", "http://127.0.0.1:" + std::to_string(server.port)}}))
        << server.log();
}

}  // namespace
}  // namespace vivi::test
