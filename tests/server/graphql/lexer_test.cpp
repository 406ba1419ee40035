// Tokens and the values of strings.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/lexer.hpp"

#include <gmock/gmock.h>

namespace vivi::graphql {
namespace {

std::vector<std::string> raw_tokens(std::string_view source) {
    Lexer lexer{source};
    std::vector<std::string> tokens;
    for (auto token = lexer.next(); token.kind != Token::Kind::End; token = lexer.next()) {
        if (token.kind == Token::Kind::Broken) return {"broken: " + lexer.problem()};
        tokens.emplace_back(token.raw);
    }
    return tokens;
}

TEST(GraphqlLexer, SkipsWhatHasNoMeaning) {
    EXPECT_THAT(raw_tokens("\xef\xbb\xbf{ a,,b # c {\r\n ...on }\t"), testing::ElementsAre("{", "a", "b", "...", "on", "}"));
}

TEST(GraphqlLexer, KnowsNumbersAndWhatMayNotFollowThem) {
    EXPECT_THAT(raw_tokens("0 -1 42 1.5 -0.0 1e3 2E-7 1.0e+10"),
                testing::ElementsAre("0", "-1", "42", "1.5", "-0.0", "1e3", "2E-7", "1.0e+10"));
    for (const auto* wrong : {"00", "01", "1.", "1.x", ".5", "1e", "1e+", "-", "-a", "0x1", "1a", "1_", "1.5.2", "1.e1", "+1"})
        EXPECT_THAT(raw_tokens(wrong), testing::ElementsAre(testing::StartsWith("broken"))) << wrong;
}

TEST(GraphqlLexer, RefusesBrokenStrings) {
    for (const auto* wrong :
         {"\"", "\"abc", "\"a\nb\"", "\"a\rb\"", "\"\\x\"", "\"\\u12\"", "\"\\u{110000}\"", "\"\\u{}\"", "\"\\u{D800}\"",
          "\"\\uD83D\"", "\"\\uDE00\"", "\"\\uD83D\\u0041\"", "\"\"\"", "\"\"\"a\\\"\"\"", "'a'", "%", "\x01"})
        EXPECT_THAT(raw_tokens(wrong), testing::ElementsAre(testing::StartsWith("broken"))) << wrong;
}

TEST(GraphqlLexer, DecodesEscapes) {
    struct Row {
        const char* raw;
        const char* text;
    };
    for (const auto& [raw, text] : {Row{R"("")", ""}, Row{R"("a\"b\\c\/d")", "a\"b\\c/d"}, Row{R"("\b\f\n\r\t")", "\b\f\n\r\t"},
                                    Row{R"("\u0041\u00e9")", "A\u00e9"}, Row{R"("\u{1F600}")", "\U0001F600"},
                                    Row{R"("\u{41}\u{0041}")", "AA"}, Row{R"("\uD83D\uDE00")", "\U0001F600"}}) {
        EXPECT_EQ(raw_tokens(raw), std::vector<std::string>{raw});
        EXPECT_EQ(decode_string(raw), text) << raw;
    }
}

// The examples of section 2.9.4.
TEST(GraphqlLexer, RemovesTheIndentationOfBlockStrings) {
    struct Row {
        const char* raw;
        const char* text;
    };
    for (const auto& [raw, text] :
         {Row{"\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\"",
              "Hello,\n  World!\n\nYours,\n  GraphQL."},
          Row{"\"\"\"  first counts not\n    a\n  b\"\"\"", "  first counts not\n  a\nb"}, Row{"\"\"\"\"\"\"", ""},
          Row{"\"\"\"\n\n  \t\n\"\"\"", ""}, Row{"\"\"\"a \\\"\"\" b\"\"\"", "a \"\"\" b"},
          Row{"\"\"\"a\\n\\u0041\"\"\"", "a\\n\\u0041"}, Row{"\"\"\"\r\n  a\r  b\n\"\"\"", "a\nb"}})
        EXPECT_EQ(decode_block_string(raw), text) << raw;
}

TEST(GraphqlLexer, LocatesByLineAndCharacter) {
    const std::string_view source = "a\nb\r\nc\rd \u00e9 x";
    EXPECT_EQ(ast::locate(source, 0), (Location{1, 1}));
    EXPECT_EQ(ast::locate(source, 2), (Location{2, 1}));
    EXPECT_EQ(ast::locate(source, 5), (Location{3, 1}));
    EXPECT_EQ(ast::locate(source, 7), (Location{4, 1}));
    EXPECT_EQ(ast::locate(source, static_cast<ast::Position>(source.find('x'))), (Location{4, 5}));
}

}  // namespace
}  // namespace vivi::graphql
