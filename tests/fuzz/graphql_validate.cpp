// Whatever the document, validation ends; and what it finds valid can be prepared and run without an internal error.
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "server/graphql/check.hpp"

namespace {

constexpr const char* sdl = R"(
interface Node { id: ID! } type Cat implements Node { id: ID! name(s: S = A): String friends(w: W): [Node!] } type Dog implements Node { id: ID! cat: Cat! }
union Pet = Cat | Dog enum S { A B } input W { s: S = B not: W one: O ids: [ID!] } input O @oneOf { a: Int b: W } scalar Any
type Query { node(id: ID!): Node pets(w: W, ids: [[Int!]]): [Pet] cat: Cat any(x: Any): Any } type Mutation { set(o: O!): Cat } type Subscription { cat: Cat })";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static vivi::graphql::Checker checker;
    static const nlohmann::json root = {{"cat", {{"id", 1}, {"friends", {{{"__typename", "Cat"}, {"id", "x"}}}}}},
                                        {"pets", {nullptr, {{"__typename", "Dog"}}}}};
    const std::string source{data, data + size};
    const nlohmann::json request{{"op", "execute"}, {"schema", sdl}, {"source", source}, {"root", root}};
    checker.answer(request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return 0;
}
