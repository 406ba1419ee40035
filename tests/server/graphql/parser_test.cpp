// What is a document and what is not.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/parser.hpp"

#include <gmock/gmock.h>

namespace vivi::graphql {
namespace {

TEST(GraphqlParser, TakesEveryFormOfTheGrammar) {
    for (const auto* source : {"{ a }", "query { a }", "mutation M { a }", "subscription S { a }",
                               "query Q($a: Int = 1 @d, $b: [[X!]!]!) @d(x: 1) { a }",
                               "{ alias: field(x: 1, y: [$v, {a: null, b: E}]) @skip(if: true) { ...F ... on T @d { b } ... "
                               "@include(if: false) { c } ... { d } } } fragment F on T @d { e }",
                               "\"described\" query Q(\"too\" $a: Int) { a } \"\"\"this\"\"\" fragment F on T { a }",
                               "{ on fragment query type true: null }",
                               "schema @d { query: Q mutation: M } extend schema @e extend schema { subscription: S }",
                               "\"d\" scalar S @d type T implements & A & B @d { \"f\" f(\"a\" a: Int = 1 @d): [T!]! @d } "
                               "interface I implements J { a: Int }",
                               "union U @d = | A | B union V = A union W enum E @d { \"v\" A @d B } input I @d { a: Int = 1 @d }",
                               "directive @d(a: Int = 1) repeatable on | FIELD | QUERY extend type T { a: Int } extend union U = "
                               "C extend enum E { C } extend input I { b: Int } extend scalar S @x extend interface I @x",
                               "type type implements implements { type: type }"}) {
        const auto document = parse(source);
        EXPECT_TRUE(document) << source << ": " << document.error().message;
    }
}

TEST(GraphqlParser, RefusesWithThePlaceOfTheFirstProblem) {
    struct Row {
        const char* source;
        Location at;
    };
    for (const auto& [source, at] :
         {Row{"", {1, 1}}, Row{"{", {1, 2}}, Row{"{}", {1, 2}}, Row{"{ a", {1, 4}}, Row{"{ a }\n}", {2, 1}},
          Row{"{ a() }", {1, 5}}, Row{"query ($a: Int = $b) { a }", {1, 18}}, Row{"{ ...on }", {1, 9}},
          Row{"fragment on on T { a }", {1, 10}}, Row{"\"d\" { a }", {1, 1}}, Row{"\"d\" extend type T { a: Int }", {1, 1}},
          Row{"enum E { true }", {1, 10}}, Row{"extend type T", {1, 14}}, Row{"type T {}", {1, 9}},
          Row{"directive @d on NOWHERE", {1, 17}}, Row{"{ a(x: 1.) }", {1, 10}}, Row{"query Q() { a }", {1, 9}},
          Row{"{ a: }", {1, 6}}, Row{"nonsense", {1, 1}}}) {
        const auto document = parse(source);
        ASSERT_FALSE(document) << source;
        EXPECT_EQ(document.error().locations, std::vector{at}) << source << ": " << document.error().message;
        EXPECT_EQ(document.error().code, "GRAPHQL_PARSE_FAILED");
    }
}

TEST(GraphqlParser, BoundsNestingWhereverItCanBe) {
    const auto repeat = [](std::string_view text, int count) {
        std::string all;
        for (int i = 0; i < count; ++i) all += text;
        return all;
    };
    for (const auto& source : {repeat("{a", 100'000), "{a(x:" + repeat("[", 100'000), "{a(x:" + repeat("{a:", 100'000),
                               "query($a:" + repeat("[", 100'000), repeat("{...", 100'000)}) {
        const auto document = parse(source, {.tokens = 0, .nesting = 64});
        ASSERT_FALSE(document);
        EXPECT_EQ(document.error().code, "NESTED_TOO_DEEPLY");
    }
}

TEST(GraphqlParser, BoundsTokens) {
    std::string source = "{";
    for (int i = 0; i < 50; ++i) source += " a";
    source += " }";
    EXPECT_TRUE(parse(source, {.tokens = 52, .nesting = 64}));
    const auto refused = parse(source, {.tokens = 51, .nesting = 64});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "TOO_MANY_TOKENS");
}

TEST(GraphqlParser, RefusesTextThatIsNotUtf8) {
    for (const auto* source :
         {"{ a(x: \"\xff\") }", "{ a } # \xc3", "# \xed\xa0\x80\n{ a }", "# \xc0\x80\n{ a }", "# \xf4\x90\x80\x80\n{ a }"})
        EXPECT_FALSE(parse(source));
    EXPECT_TRUE(parse("{ a(x: \"\u00e9\U0001F600\") }"));
}

}  // namespace
}  // namespace vivi::graphql
