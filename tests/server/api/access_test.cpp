// @access compiled: which fields are asked about, and that no field of the schema goes unmarked.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/access.hpp"

#include <gtest/gtest.h>

#include "server/api/resolvers.hpp"
#include "server/api/schema_text.hpp"

namespace vivi::api {
namespace {

using auth::Right;

class AccessTest : public ::testing::Test {
protected:
    graphql::GuardedField at(const char* type, const char* field) const {
        const auto* named = schema.type(type);
        return {named, named->field(field)};
    }
    graphql::Schema schema = *graphql::build_schema(schema_text());
    std::shared_ptr<const Access> access = *Access::make(schema, make_places());
};

TEST_F(AccessTest, OnlyWhatTakesMoreThanTheWayThereIsAskedAbout) {
    const std::vector<graphql::GuardedField> devices{at("Query", "devices"), at("DeviceConnection", "edges"),
                                                     at("DeviceEdge", "node")};
    EXPECT_TRUE(access->is_asked({}, devices[0]));
    for (const auto* field : {"id", "mac", "name", "address", "bytesUp", "banState"})
        EXPECT_FALSE(access->is_asked(devices, at("Device", field))) << field << " costs nothing above devices()";
    const std::vector<graphql::GuardedField> routers{at("Query", "routers")};
    EXPECT_TRUE(access->is_asked(routers, at("Router", "name"))) << "a router knows its place: it is asked there";
    EXPECT_TRUE(access->is_asked(routers, at("Router", "policyHits")));
    EXPECT_FALSE(access->is_asked({}, at("Mutation", "login")));
    EXPECT_TRUE(access->is_asked(std::vector{at("Query", "me")}, at("User", "email")))
        << "anybody may ask me, strangers get null";
}

TEST_F(AccessTest, ReadsTheRightFromTheFieldAndElseFromItsType) {
    EXPECT_EQ(access->right_of(at("Router", "policyHits")), Right::Personal);
    EXPECT_EQ(access->right_of(at("Router", "name")), Right::See);
    EXPECT_EQ(access->right_of(at("Mutation", "setPolicy")), Right::Manage);
    EXPECT_EQ(access->right_of(at("PageInfo", "hasNextPage")), Right::Anyone);
}

TEST_F(AccessTest, RefusesASchemaWithAnUnmarkedFieldOrAnUnknownRight) {
    const std::string head = "directive @access(to: Right!) on FIELD_DEFINITION | OBJECT enum Right { SEE FLY } ";
    const auto made = [&](const std::string& types) { return Access::make(*graphql::build_schema(head + types), {}); };
    EXPECT_TRUE(made("type Query @access(to: SEE) { a: Int }"));
    const auto unmarked = made("type Query { a: Int @access(to: SEE) b: Int }");
    ASSERT_FALSE(unmarked);
    EXPECT_EQ(unmarked.error().detail, "schema.graphql:\nQuery.b: no @access");
    EXPECT_EQ(made("type Query { a: Int @access(to: FLY) }").error().detail, "schema.graphql:\nQuery.a: unknown right");
}

TEST(Rights, CoverEachOtherAsTheRolesDo) {
    // The ones that hold `held` at a place are among those that hold `asked` there, for every role and staff role.
    const auto holds = [](const db::Account& account, Right right) { return auth::may(account, right, {.organisation = "o"}); };
    std::vector<db::Account> everybody;
    for (const auto role : {db::Role::Owner, db::Role::Organiser, db::Role::Operator, db::Role::Viewer})
        everybody.push_back({.user = "u", .memberships = {{.organisation = "o", .role = role}}});
    for (const auto role : {db::StaffRole::Support, db::StaffRole::Operator, db::StaffRole::Release, db::StaffRole::Admin})
        everybody.push_back({.user = "u", .staff_role = role});
    for (auto held = Right::Anyone; held <= Right::Admin; held = static_cast<Right>(static_cast<int>(held) + 1))
        for (auto asked = Right::Anyone; asked <= Right::Admin; asked = static_cast<Right>(static_cast<int>(asked) + 1)) {
            if (!covers(held, asked)) continue;
            for (const auto& account : everybody)
                EXPECT_TRUE(!holds(account, held) || holds(account, asked)) << word_of(held) << " covers " << word_of(asked);
        }
    EXPECT_FALSE(covers(Right::Show, Right::SignedIn)) << "a show link shows, nobody is signed in";
    EXPECT_FALSE(covers(Right::Support, Right::See)) << "GodView is no way into an organisation";
    EXPECT_TRUE(covers(Right::Own, Right::Personal));
}

}  // namespace
}  // namespace vivi::api
