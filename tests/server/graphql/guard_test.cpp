// Who may use which field: when the engine asks, whom it spares, and what a refusal looks like; and which fields nothing covers.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/guard.hpp"
#include "server/graphql/coverage.hpp"
#include "tests/server/graphql/harness.hpp"

namespace vivi::graphql {
namespace {

using test::answer;
using test::make_engine;

struct Room {
    std::string name{};
    bool is_locked = false;
};
struct State {
    std::size_t loads = 0;
};

constexpr std::string_view sdl = R"(
directive @key(name: String) on FIELD_DEFINITION | OBJECT
type Query { rooms: [Room!]! @key  open: String! @key  vault: String! @key(name: "vault") }
type Mutation { build: Room @key(name: "vault") }
type Subscription { knocks: Room! @key(name: "vault") }
type Room @key { name: String!  number: Int!  inside: String @key(name: "room")  loaded: String @key(name: "room")  hatch: Room })";

/// Asks only about fields whose key has a name; "vault" opens to nobody, "room" only where the room is not locked.
class Keys final : public Guard {
public:
    bool is_asked(std::span<const GuardedField> above, GuardedField field) const override {
        deepest = std::max(deepest, above.size());
        return !key_of(field).empty();
    }
    void ask(GuardedField field, std::span<const Object> parents, Context&,
             std::span<std::optional<FieldError>> refused) const override {
        ++asked;
        for (std::size_t i = 0; i < parents.size(); ++i)
            if (key_of(field) == "vault" || parents[i].as<Room>().is_locked) refused[i] = FieldError{"Locked.", "FORBIDDEN"};
    }
    mutable std::size_t asked = 0, deepest = 0;

private:
    static std::string_view key_of(GuardedField field) {
        const auto& name = applied_directive(*field.parent, *field.field, "key")->arguments["name"];
        return name.is_text() ? name.text() : std::string_view{};
    }
};

class GraphqlGuard : public ::testing::Test {
protected:
    static Task<std::vector<Resolved>> load(std::span<const Object> parents, const Arguments&, Context& context) {
        context.get<State>().loads += parents.size();
        std::vector<Resolved> values;
        for (const auto& parent : parents) values.emplace_back(Value{"loaded " + parent.as<Room>().name});
        co_return values;
    }
    static Resolvers resolvers() {
        static const std::vector<Room> rooms{{"hall", false}, {"cellar", true}, {"attic", false}};
        Resolvers all;
        all.property("Query", "rooms", [](const Object&, const Arguments&, Context&) -> Resolved {
            List list;
            for (const auto& room : rooms) list.emplace_back(Object::borrowed(room));
            return Value{std::move(list)};
        });
        all.property("Query", "open", [](const Object&, const Arguments&, Context&) -> Resolved { return Value{"welcome"}; });
        all.property("Query", "vault", [](const Object&, const Arguments&, Context&) -> Resolved { return Value{"gold"}; });
        all.property("Mutation", "build", [](const Object&, const Arguments&, Context& context) -> Resolved {
            ++context.get<State>().loads;
            return Value{Object::borrowed(rooms[0])};
        });
        all.stream("knocks", [](const Arguments&, Context& context) -> Task<std::expected<std::unique_ptr<Source>, FieldError>> {
            ++context.get<State>().loads;
            co_return field_error("nobody knocks", "NONE");
        });
        all.of<Room>("Room")
            .field("name", &Room::name)
            .field("number", [](const Room&) { return 1; })
            .field("inside", [](const Room& room) { return "inside " + room.name; })
            .field("hatch", [](const Room&) { return Value{Object::borrowed(rooms[1])}; });
        all.batch("Room", "loaded", load);
        return all;
    }

    std::string ask(const std::string& query) { return answer(*engine, query, "{}", Context::of(state)); }

    State state;
    std::shared_ptr<const Keys> keys = std::make_shared<const Keys>();  // Shared with the engine's options.
    std::unique_ptr<Engine> engine = make_engine(sdl, resolvers(), {.guard = keys});
};

TEST_F(GraphqlGuard, FieldsThatNeedNoQuestionCostNone) {
    EXPECT_EQ(ask("{ open rooms { name __typename } __schema { queryType { name } } }"),
              R"({"data":{"open":"welcome","rooms":[{"name":"hall","__typename":"Room"},{"name":"cellar","__typename":"Room"},)"
              R"({"name":"attic","__typename":"Room"}],"__schema":{"queryType":{"name":"Query"}}}})");
    EXPECT_EQ(keys->asked, 0u);
}

TEST_F(GraphqlGuard, AsksOnceAStepAndRefusesOneByOne) {
    EXPECT_EQ(
        ask("{ rooms { inside } }"),
        R"({"errors":[{"message":"Locked.","locations":[{"line":1,"column":11}],"path":["rooms",1,"inside"],)"
        R"("extensions":{"code":"FORBIDDEN"}}],"data":{"rooms":[{"inside":"inside hall"},{"inside":null},{"inside":"inside attic"}]}})");
    EXPECT_EQ(keys->asked, 1u);
}

TEST_F(GraphqlGuard, ABatchIsGivenOnlyThoseThatWereNotRefused) {
    const auto response = ask("{ rooms { loaded hatch { loaded } } }");
    EXPECT_NE(response.find(R"("rooms":[{"loaded":"loaded hall","hatch":{"loaded":null}},{"loaded":null)"), std::string::npos)
        << response;
    EXPECT_EQ(state.loads, 2u) << "the hatches all lead to the locked cellar";
    EXPECT_EQ(keys->deepest, 2u) << "it is told which fields lead there";
}

TEST_F(GraphqlGuard, ARefusedFieldThatMayNotBeNullTakesWhatIsAboveIt) {
    EXPECT_EQ(ask("{ open vault }"), R"({"errors":[{"message":"Locked.","locations":[{"line":1,"column":8}],"path":["vault"],)"
                                     R"("extensions":{"code":"FORBIDDEN"}}],"data":null})");
}

TEST_F(GraphqlGuard, ARefusedMutationIsNotRunAndARefusedSubscriptionNotOpened) {
    EXPECT_NE(ask("mutation { build { name } }").find("\"data\":{\"build\":null}"), std::string::npos);
    const auto operation = engine->prepare({.query = "subscription { knocks { name } }"});
    ASSERT_TRUE(operation);
    net::io_context io;
    auto context = Context::of(state);
    const auto opened = test::run(io, engine->subscribe(*operation, context));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().body.find("FORBIDDEN"), std::string::npos);
    EXPECT_EQ(state.loads, 0u);
}

TEST(GraphqlCoverage, NamesEachFieldThatNeitherItselfNorItsTypeIsMarked) {
    const auto schema = build_schema(R"(
      directive @key(name: String) on FIELD_DEFINITION | OBJECT
      type Query { a: Int @key  b: Int  c: Marked  d: Half @key }
      type Marked @key { e: Int  f: Int @key(name: "x") }
      type Half { g: Int @key  h: Int }
      interface Shape { i: Int }
      input In { j: Int })");
    ASSERT_TRUE(schema);
    EXPECT_EQ(uncovered_fields(*schema, "key"), (std::vector<std::string>{"Query.b", "Query.c", "Half.h"}));
    EXPECT_EQ(uncovered_fields(*schema, "other").size(), 8u);
}

}  // namespace
}  // namespace vivi::graphql
