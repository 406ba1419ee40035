// The console of development: served where it is asked for, and nowhere else.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

using GraphiqlTest = ServerTest;

TEST_F(GraphiqlTest, IsServedInDevelopmentUnderAStrictPolicy) {
    const Server server{{{"VIVI_GRAPHQL_DEVELOPMENT", "true"}}};
    await_ready(server);
    const auto page = get(server, "/graphiql");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find("<textarea id=\"document\""), std::string::npos);
    EXPECT_EQ(page.body.find("<style"), std::string::npos) << "the policy forbids what is inline";
    EXPECT_EQ(page.header("content-security-policy").find("unsafe"), std::string::npos);
    EXPECT_NE(page.header("content-security-policy").find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(get(server, "/graphiql.js").header("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(get(server, "/graphiql.css").header("content-type"), "text/css; charset=utf-8");
}

TEST_F(GraphiqlTest, IsNotThereOtherwise) {
    const Server server;
    await_ready(server);
    for (const auto* const path : {"/graphiql", "/graphiql.js", "/graphiql.css"})
        EXPECT_EQ(get(server, path).status, 404) << path;
}

}  // namespace
}  // namespace vivi::test
