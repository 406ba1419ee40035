// What is a schema and what is not.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/schema.hpp"

#include <gmock/gmock.h>

namespace vivi::graphql {
namespace {

TEST(GraphqlSchema, IsBuiltFromDefinitionsAndExtensions) {
    const auto schema = build_schema(R"(
        schema @d { query: Root } directive @d on SCHEMA
        type Root { a(first: Int = 10, in: In = {x: 1}): [Thing!]! } extend type Root { b: E @deprecated }
        interface Thing { id: ID! } type A implements Thing { id: ID! } type B implements Thing { id: ID!  c: Int }
        enum E { X Y } extend enum E { Z } union U = A | B input In { x: Int! y: Int = 2 }
        scalar Date @specifiedBy(url: "https://example.org"))");
    ASSERT_TRUE(schema) << schema.error().detail;
    EXPECT_EQ(schema->query, schema->type("Root"));
    EXPECT_EQ(to_string(schema->query->field("a")->type), "[Thing!]!");
    EXPECT_EQ(schema->type("Thing")->possible.size(), 2u);
    EXPECT_EQ(schema->type("E")->values.size(), 3u);
    EXPECT_EQ(schema->query->field("b")->deprecation, "No longer supported");
    const auto& fields = schema->query->field("a")->argument("in")->default_value->fields();
    EXPECT_EQ(fields["x"].integer(), 1);
    EXPECT_EQ(fields["y"].integer(), 2);
    EXPECT_EQ(schema->type("Date")->specified_by, "https://example.org");
    EXPECT_TRUE(schema->directive("oneOf"));
}

TEST(GraphqlSchema, ReportsEveryProblemAtOnce) {
    const auto schema = build_schema("type Query { a: Nothing  b: Neither }\nunion U = Query | Missing");
    ASSERT_FALSE(schema);
    EXPECT_THAT(schema.error().detail,
                testing::AllOf(testing::HasSubstr("1:17: Unknown type \"Nothing\""), testing::HasSubstr("Neither"),
                               testing::HasSubstr("2:19: Unknown type \"Missing\"")));
}

TEST(GraphqlSchema, RefusesWhatSectionThreeForbids) {
    const std::string query = "type Query { a: Int } ";
    for (const auto* wrong : {"type Query { b: Int }",
                              "type A {a: Int a: Int}",
                              "type A",
                              "type A { a(x: Int, x: Int): Int }",
                              "type __A { a: Int }",
                              "type A { __a: Int }",
                              "type A { a: I } input I { a: Int }",
                              "type A { a(x: Query): Int }",
                              "input I { a: Query }",
                              "union U",
                              "union U = Query | Query",
                              "union U = E enum E { A }",
                              "enum E",
                              "enum E { A A }",
                              "input I",
                              "input I { a: I! }",
                              "input I { a: J! } input J { a: I! }",
                              "input I { a: Int = \"x\" }",
                              "interface I { a: Int } type A implements I { b: Int }",
                              "interface I { a: Int! } type A implements I { a: Int }",
                              "interface I { a(x: Int): Int } type A implements I { a: Int }",
                              "interface I { a: Int } type A implements I { a(x: Int!): Int }",
                              "interface I implements J { a: Int } interface J { a: Int } type A implements I { a: Int }",
                              "interface I implements I { a: Int }",
                              "type A implements Query { a: Int }",
                              "input I @oneOf { a: Int! }",
                              "input I @oneOf { a: Int = 1 }",
                              "type A @nothing { a: Int }",
                              "type A @deprecated { a: Int }",
                              "extend type Nothing { a: Int }",
                              "extend enum Query { A }",
                              "directive @skip on FIELD directive @skip on FIELD",
                              "schema { query: Query query: Query }",
                              "schema { mutation: Query }",
                              "schema { query: Query mutation: Query }",
                              "{ a }",
                              "type A { a(x: Int! @deprecated): Int }",
                              "scalar S @specifiedBy",
                              "type A { a: Int @deprecated @deprecated }"})
        EXPECT_FALSE(build_schema(query + wrong)) << wrong;
    EXPECT_FALSE(build_schema("type A { a: Int }")) << "no query type";
}

}  // namespace
}  // namespace vivi::graphql
