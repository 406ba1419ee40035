// A request answers questions about its target.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/message.hpp"

#include <gmock/gmock.h>

namespace vivi::http {
namespace {

using testing::Optional;
using testing::StrEq;

Request to(std::string target) { return {.method = "GET", .target = std::move(target)}; }

TEST(Request, ItsPathEndsAtTheQuestionMark) {
    EXPECT_EQ(to("/graphql?query=x").path(), "/graphql");
    EXPECT_EQ(to("/graphql").path(), "/graphql");
}

TEST(Request, ItsQueryIsDecoded) {
    const auto request = to("/graphql?query=%7B+viewer%20%7D&empty=&flag&query=second&broken=%4");
    EXPECT_THAT(request.query("query"), Optional(StrEq("{ viewer }")));
    EXPECT_THAT(request.query("empty"), Optional(StrEq("")));
    EXPECT_THAT(request.query("flag"), Optional(StrEq("")));
    EXPECT_EQ(request.query("broken"), std::nullopt);
    EXPECT_EQ(request.query("absent"), std::nullopt);
    EXPECT_EQ(to("/").query("query"), std::nullopt);
}

TEST(Headers, AreFoundByTheirLowerCaseNameFirstOneFirst) {
    const Headers headers{{"accept", "a"}, {"cookie", "1"}, {"cookie", "2"}};
    EXPECT_THAT(find(headers, "cookie"), Optional(StrEq("1")));
    EXPECT_EQ(find(headers, "host"), std::nullopt);
}

}  // namespace
}  // namespace vivi::http
