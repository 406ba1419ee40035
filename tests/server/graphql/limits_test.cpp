// What a stranger may not ask for, each with its stable code.
// SPDX-License-Identifier: Apache-2.0
#include "tests/server/graphql/harness.hpp"

namespace vivi::graphql {
namespace {

using test::answer;
using test::make_engine;

constexpr std::string_view sdl = R"(
type Query { node: Node  nodes(first: Int): [Node!]!  page(first: Int! = 100, in: In): Page!  slow: Int }
type Node { name: String  node: Node  nodes(first: Int): [Node!]! }
type Page { edges: [Edge!]!  count: Int }
type Edge { node: Node }
input In { in: In  x: [In] }
)";

Task<std::vector<Resolved>> never(std::span<const Object>, const Arguments&, Context&) {
    co_await after(Milliseconds{3'600'000});
    co_return std::vector<Resolved>{};
}

std::unique_ptr<Engine> engine_with(Limits limits, bool has_introspection = true) {
    Resolvers resolvers;
    resolvers.otherwise([](const Object&, const Field&, const Arguments&, Context&) -> Resolved { return Value{}; });
    resolvers.batch("Query", "slow", never);
    return make_engine(sdl, resolvers, {.limits = limits, .has_introspection = has_introspection});
}

std::string repeat(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

void expect_code(Engine& engine, const std::string& query, std::string_view code, std::string_view variables = "{}") {
    EXPECT_THAT(answer(engine, query, variables), testing::AllOf(testing::HasSubstr("\"code\":\"" + std::string{code} + "\""),
                                                                 testing::Not(testing::HasSubstr("\"data\""))))
        << query.substr(0, 100);
}

TEST(GraphqlLimits, RefuseWithTheirCodes) {
    const auto engine = engine_with({});
    expect_code(*engine, "{" + repeat(" a", 2'000) + " }", "TOO_MANY_TOKENS");
    expect_code(*engine, repeat("{ node ", 65), "NESTED_TOO_DEEPLY");
    expect_code(*engine, repeat("{ node ", 12) + "{ name }" + repeat("}", 12), "QUERY_TOO_DEEP");
    expect_code(*engine, "{" + repeat(" a: node { name }", 31) + " }", "TOO_MANY_ALIASES");
    expect_code(*engine, "{ node { name" + repeat(" name @include(if: true)", 51) + " } }", "TOO_MANY_DIRECTIVES");
    expect_code(*engine, "{ nodes(first: 5001) { name } }", "QUERY_TOO_EXPENSIVE");
    expect_code(*engine, "{ nodes(first: 100) { nodes(first: 100) { name } } }", "QUERY_TOO_EXPENSIVE");
    expect_code(*engine, "{ nodes { nodes { nodes { nodes { name } } } } }", "QUERY_TOO_EXPENSIVE");
    expect_code(*engine, "query ($n: Int!) { page(first: $n) { edges { node { name } } } }", "QUERY_TOO_EXPENSIVE",
                R"({"n":2500})");
    expect_code(*engine, "query ($in: In) { page(in: $in) { count } }", "VARIABLES_TOO_DEEP",
                R"({"in":)" + repeat(R"({"in":)", 40) + "null" + repeat("}", 41));
    expect_code(*engine, "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
                "INTROSPECTION_TOO_DEEP");
}

TEST(GraphqlLimits, LetTheOrdinaryPass) {
    const auto engine = engine_with({});
    EXPECT_THAT(answer(*engine, "query ($n: Int!) { page(first: $n) { edges { node { name } } count } }", R"({"n":1000})"),
                testing::HasSubstr("\"data\""));
    EXPECT_THAT(answer(*engine, repeat("{ node ", 11) + "{ name }" + repeat("}", 11)), testing::HasSubstr("\"data\""));
}

TEST(GraphqlLimits, FollowFragments) {
    const auto engine = engine_with({});
    std::string deep = "{ node { ...F0 } }";
    for (int i = 0; i < 12; ++i)
        deep += " fragment F" + std::to_string(i) + " on Node { node { name ...F" + std::to_string(i + 1) + " } }";
    expect_code(*engine, deep + " fragment F12 on Node { name }", "QUERY_TOO_DEEP");

    std::string roots = "{";
    for (int i = 0; i < 21; ++i) roots += " ...R" + std::to_string(i);
    roots += " }";
    for (int i = 0; i < 21; ++i)
        roots += " fragment R" + std::to_string(i) + " on Query { r" + std::to_string(i) + ": node { name } }";
    const auto many = engine_with({.aliases = 0});
    expect_code(*many, roots, "TOO_MANY_ROOT_FIELDS");
}

TEST(GraphqlLimits, IntrospectionCanBeOff) {
    const auto engine = engine_with({}, /*has_introspection=*/false);
    expect_code(*engine, "{ __schema { types { name } } }", "INTROSPECTION_DISABLED");
    EXPECT_THAT(answer(*engine, "{ __typename }"), testing::HasSubstr("Query"));
}

TEST(GraphqlLimits, ADeadlineEndsWhatWaits) {
    const auto engine = engine_with({.deadline = Milliseconds{1}});
    EXPECT_THAT(answer(*engine, "{ slow }"), testing::HasSubstr("DEADLINE_EXCEEDED"));
}

TEST(GraphqlLimits, TheCacheForgetsTheOldest) {
    const auto engine = engine_with({.cached_documents = 2});
    for (int i = 0; i < 10; ++i)
        EXPECT_THAT(answer(*engine, "query Q" + std::to_string(i % 3) + " { node { name } }"), testing::HasSubstr("\"data\""));
}

}  // namespace
}  // namespace vivi::graphql
