// Section 6: what a response holds, in which order, and what one failure takes away.
// SPDX-License-Identifier: Apache-2.0
#include "tests/server/graphql/harness.hpp"

namespace vivi::graphql {
namespace {

using test::answer;
using test::make_engine;

struct Person {
    std::string name{};
    int age = 0;
    std::vector<Person> friends{};
};

struct Number {
    int n = 0;
};

constexpr std::string_view sdl = R"(
type Query { person(name: String! = "Ann"): Person  people: [Person!]!  maybe: [Person]  strict: [Strict!]  beings: [Being!]!  sum(numbers: [Int!]!, start: Int = 0): Int!  fails: Int!
  odd: Strict  color: Color!  when(at: When): When }
type Mutation { add(n: Int!): Counter!  fail: Int! }
type Counter { value: Int! }
interface Being { name: String! }
type Person implements Being { name: String!  age: Int!  friends: [Person!]!  loaded: String! }
type Robot implements Being { name: String! serial: Int! }
type Strict { ok: String!  bad: String!  perhaps: Int }
enum Color { RED GREEN }
scalar When
)";

enum class Color { Red, Green };

struct State {
    int batches = 0;
    std::size_t parents = 0;
    int counter = 0;
    std::vector<std::string> calls{};
};

Task<std::vector<Resolved>> load(std::span<const Object> parents, const Arguments&, Context& context) {
    auto& state = context.get<State>();
    ++state.batches;
    state.parents += parents.size();
    co_await after(Milliseconds{0});
    std::vector<Resolved> values;
    for (const auto& parent : parents) values.emplace_back(Value{"loaded " + parent.as<Person>().name});
    co_return values;
}

Task<std::vector<Resolved>> add(std::span<const Object>, const Arguments& arguments, Context& context) {
    auto& state = context.get<State>();
    const int n = arguments.get<int>("n");
    state.calls.push_back("start " + std::to_string(n));
    co_await after(Milliseconds{1});
    state.counter += n;
    state.calls.push_back("end " + std::to_string(n));
    std::vector<Resolved> values;
    values.emplace_back(Object::make(Number{state.counter}));
    co_return values;
}

const std::vector<Person>& people() {
    static const std::vector<Person> all{{"Ann", 30, {{"Bob", 31, {{"Cid", 5}}}, {"Dee", 7}}}, {"Eve", 44, {{"Fay", 2}}}};
    return all;
}

Value list_of(const std::vector<Person>& items) {
    List list;
    for (const auto& item : items) list.emplace_back(Object::borrowed(item, "Person"));
    return list;
}

Resolvers resolvers() {
    Resolvers all;
    all.of<Person>("Person").field("name", &Person::name).field("age", &Person::age).field("friends", [](const Person& person) {
        return list_of(person.friends);
    });
    all.batch("Person", "loaded", load);
    all.of<Number>("Robot")
        .field("name", [](const Number& number) { return "R" + std::to_string(number.n); })
        .field("serial", &Number::n);
    all.of<Number>("Counter").field("value", &Number::n);
    all.of<Number>("Strict")
        .field("ok", [](const Number&) { return "ok"; })
        .field("bad",
               [](const Number& number, const Arguments&, Context&) -> Resolved {
                   if (number.n == 0) return field_error("bad", "BAD");
                   return Value{"good"};
               })
        .field("perhaps", [](const Number&, const Arguments&, Context&) -> Resolved { throw std::runtime_error{"thrown"}; });
    const auto query = [&](const char* field, Property property) { all.property("Query", field, std::move(property)); };
    query("person", [](const Object&, const Arguments& arguments, Context&) -> Resolved {
        for (const auto& person : people())
            if (person.name == arguments.get<std::string_view>("name")) return Object::borrowed(person);
        return Value{};
    });
    query("people", [](const Object&, const Arguments&, Context&) { return list_of(people()); });
    query("maybe", [](const Object&, const Arguments&, Context&) {
        return List{Object::borrowed(people()[0]), Value{}, "not an object"};
    });
    query("strict", [](const Object&, const Arguments&, Context&) {
        return List{Object::make(Number{1}), Object::make(Number{0}), Object::make(Number{2})};
    });
    query("odd", [](const Object&, const Arguments&, Context&) { return Object::make(Number{1}); });
    query("beings", [](const Object&, const Arguments&, Context&) {
        return List{Object::make(Number{7}, "Robot"), Object::borrowed(people()[1], "Person"), Object::make(Number{8}, "Robot")};
    });
    query("sum", [](const Object&, const Arguments& arguments, Context&) {
        auto sum = arguments.get<int>("start");
        for (const auto n : arguments.get<std::vector<int>>("numbers")) sum += n;
        return Value{sum};
    });
    query("fails", [](const Object&, const Arguments&, Context&) -> Resolved {
        return std::unexpected{FieldError{Error{Code::Internal, "secret"}}};
    });
    query("color", [](const Object&, const Arguments&, Context&) { return Value{Color::Green}; });
    query("when", [](const Object&, const Arguments& arguments, Context&) { return arguments["at"]; });
    all.batch("Mutation", "add", add).property("Mutation", "fail", [](const Object&, const Arguments&, Context&) {
        return Value{};
    });
    all.enumeration<Color>("Color", {{Color::Red, "RED"}, {Color::Green, "GREEN"}});
    all.scalar("When", {.parse = [](const Value& value) -> std::expected<Value, std::string> {
                            if (!value.is_integer()) return std::unexpected{"expected a number"};
                            return Value{value.integer() + 1};
                        },
                        .serialize = [](const Value& value) -> std::expected<Value, std::string> {
                            return Value{"at " + std::to_string(value.integer())};
                        }});
    return all;
}

class GraphqlExecute : public testing::Test {
protected:
    std::string ask(std::string query, std::string_view variables = "{}") {
        return answer(*engine, std::move(query), variables, Context::of(state));
    }

    State state;
    std::unique_ptr<Engine> engine = make_engine(sdl, resolvers());
};

TEST_F(GraphqlExecute, AnswersInTheOrderOfTheRequest) {
    EXPECT_EQ(
        ask("{ person { age n: name __typename ...F name } } fragment F on Person { friends { name } age }"),
        R"({"data":{"person":{"age":30,"n":"Ann","__typename":"Person","friends":[{"name":"Bob"},{"name":"Dee"}],"name":"Ann"}}})");
}

TEST_F(GraphqlExecute, MergesWhatIsSelectedTwice) {
    EXPECT_EQ(ask("{ person { friends { name } } person { friends { age } } }"),
              R"({"data":{"person":{"friends":[{"name":"Bob","age":31},{"name":"Dee","age":7}]}}})");
}

TEST_F(GraphqlExecute, SkipsAndIncludesByVariable) {
    const std::string query =
        "query ($a: Boolean!, $b: Boolean = true) { person { name @include(if: $a) age @skip(if: $b) ... @include(if: $a) { n: "
        "name } } }";
    EXPECT_EQ(ask(query, R"({"a":true,"b":false})"), R"({"data":{"person":{"name":"Ann","age":30,"n":"Ann"}}})");
    EXPECT_EQ(ask(query, R"({"a":false})"), R"({"data":{"person":{}}})");
}

TEST_F(GraphqlExecute, AsksAFieldOnceForAllObjectsOfAStep) {
    EXPECT_EQ(
        ask("{ people { loaded friends { loaded } } }"),
        R"({"data":{"people":[{"loaded":"loaded Ann","friends":[{"loaded":"loaded Bob"},{"loaded":"loaded Dee"}]},{"loaded":"loaded Eve","friends":[{"loaded":"loaded Fay"}]}]}})");
    EXPECT_EQ(state.batches, 2) << "one for the people, one for all their friends";
    EXPECT_EQ(state.parents, 5u);
}

TEST_F(GraphqlExecute, RunsMutationsOneAfterAnother) {
    EXPECT_EQ(ask("mutation { a: add(n: 1) { value } b: add(n: 10) { value } }"),
              R"({"data":{"a":{"value":1},"b":{"value":11}}})");
    EXPECT_THAT(state.calls, testing::ElementsAre("start 1", "end 1", "start 10", "end 10"));
}

TEST_F(GraphqlExecute, StopsMutationsAfterAFailureOfARequiredOne) {
    EXPECT_THAT(ask("mutation { add(n: 1) { value } fail b: add(n: 2) { value } }"),
                testing::AllOf(testing::HasSubstr(R"("path":["fail"])"), testing::EndsWith(R"("data":null})")));
    EXPECT_EQ(state.counter, 1);
}

TEST_F(GraphqlExecute, ObjectsBehindAnInterfaceSayWhatTheyAre) {
    EXPECT_EQ(
        ask("{ beings { __typename name ... on Robot { serial } ... on Person { age } } }"),
        R"({"data":{"beings":[{"__typename":"Robot","name":"R7","serial":7},{"__typename":"Person","name":"Eve","age":44},{"__typename":"Robot","name":"R8","serial":8}]}})");
}

TEST_F(GraphqlExecute, ANullMovesUpToTheFirstPositionThatMayBeNull) {
    // Of [Strict!] one item fails: the item may not be null, the list may.
    EXPECT_EQ(
        ask("{ strict { ok bad } color }"),
        R"({"errors":[{"message":"bad","locations":[{"line":1,"column":15}],"path":["strict",1,"bad"],"extensions":{"code":"BAD"}}],"data":{"strict":null,"color":"GREEN"}})");
    EXPECT_THAT(ask("{ color fails }"), testing::EndsWith(R"("data":null})"));
    EXPECT_THAT(ask("{ odd { ok perhaps } }"), testing::EndsWith(R"("data":{"odd":{"ok":"ok","perhaps":null}}})"));
}

TEST_F(GraphqlExecute, OneBrokenItemOfANullableListIsNull) {
    EXPECT_THAT(ask("{ maybe { name } }"), testing::AllOf(testing::HasSubstr(R"("path":["maybe",2])"),
                                                          testing::EndsWith(R"("data":{"maybe":[{"name":"Ann"},null,null]}})")));
}

TEST_F(GraphqlExecute, TellsClientsNothingInternal) {
    std::string logged;
    Options options;
    options.on_hidden_error = [&](std::string_view path, const FieldError& error) {
        logged = std::string{path} + " " + error.cause;
    };
    engine = make_engine(sdl, resolvers(), std::move(options));
    EXPECT_THAT(ask("{ fails }"), testing::AllOf(testing::Not(testing::HasSubstr("secret")), testing::HasSubstr("INTERNAL")));
    EXPECT_EQ(logged, R"(["fails"] secret)");
    EXPECT_THAT(ask("{ odd { perhaps } }"), testing::Not(testing::HasSubstr("thrown")));
    EXPECT_EQ(logged, R"(["odd","perhaps"] thrown)");
}

TEST_F(GraphqlExecute, CoercesArguments) {
    EXPECT_EQ(ask("{ sum(numbers: [1, 2]) }"), R"({"data":{"sum":3}})");
    EXPECT_EQ(ask("{ sum(numbers: 4, start: 10) }"), R"({"data":{"sum":14}})") << "one value stands for a list of it";
    EXPECT_EQ(ask("query ($n: [Int!]!, $s: Int) { sum(numbers: $n, start: $s) }", R"({"n":[5]})"), R"({"data":{"sum":5}})")
        << "an absent variable leaves the default";
    EXPECT_EQ(ask("query ($i: Int!) { sum(numbers: [$i, 1]) }", R"({"i":2})"), R"({"data":{"sum":3}})");
    EXPECT_EQ(ask("query ($w: When) { a: when(at: 1) b: when(at: $w) }", R"({"w":5})"), R"({"data":{"a":"at 2","b":"at 6"}})");
}

TEST_F(GraphqlExecute, RefusesVariablesThatDoNotFit) {
    const std::string query = "query ($n: [Int!]!) { sum(numbers: $n) }";
    for (const auto* variables : {"{}", R"({"n":null})", R"({"n":[1,null]})", R"({"n":"1"})", R"({"n":[1.5]})",
                                  R"({"n":[2147483648]})", R"({"n":{}})", R"({"n":[true]})"})
        EXPECT_THAT(ask(query, variables),
                    testing::AllOf(testing::HasSubstr("Variable \\\"$n\\\""), testing::HasSubstr("BAD_USER_INPUT"),
                                   testing::Not(testing::HasSubstr("\"data\""))))
            << variables;
    EXPECT_THAT(ask("query ($w: When) { when(at: $w) }", R"({"w":"x"})"), testing::HasSubstr("expected a number"));
}

TEST_F(GraphqlExecute, ChoosesTheOperationByName) {
    Request request{.query = "query A { color } query B { sum(numbers: []) }"};
    EXPECT_FALSE(engine->prepare(request));
    request.operation_name = "B";
    EXPECT_EQ(engine->prepare(request)->name(), "B");
    request.operation_name = "C";
    EXPECT_EQ(engine->prepare(request).error().stage, Stage::Operation);
}

TEST_F(GraphqlExecute, CapsItsErrors) {
    Options options;
    options.limits.errors = 2;
    engine = make_engine(sdl, resolvers(), std::move(options));
    const auto response = ask("{ odd { a: perhaps b: perhaps c: perhaps d: perhaps } }");
    EXPECT_THAT(response, testing::AllOf(testing::HasSubstr("\"b\""), testing::Not(testing::HasSubstr("\"c\"]"))));
}

TEST(GraphqlEngine, ReportsEveryResolverProblemAtOnce) {
    auto schema = build_schema("type Query { a: Int b: Int } type Subscription { s: Int } scalar X");
    Resolvers wrong;
    wrong.property("Query", "c", [](const Object&, const Arguments&, Context&) { return Value{}; });
    wrong.scalar("Y", {});
    const auto engine = Engine::make(*std::move(schema), wrong);
    ASSERT_FALSE(engine);
    for (const auto* part : {"resolver for Query.c", "no resolver for Query.a", "no resolver for Query.b",
                             "no stream for Subscription.s", "no custom scalar Y"})
        EXPECT_THAT(engine.error().detail, testing::HasSubstr(part));
}

TEST_F(GraphqlExecute, DescribesItself) {
    EXPECT_EQ(
        ask(R"({ __type(name: "Being") { kind name possibleTypes { name } fields { name type { kind ofType { name } } } } })"),
        R"({"data":{"__type":{"kind":"INTERFACE","name":"Being","possibleTypes":[{"name":"Person"},{"name":"Robot"}],"fields":[{"name":"name","type":{"kind":"NON_NULL","ofType":{"name":"String"}}}]}}})");
    EXPECT_EQ(ask(R"({ __type(name: "Nothing") { name } })"), R"({"data":{"__type":null}})");
    EXPECT_EQ(ask("{ __schema { queryType { name } subscriptionType { name } } }"),
              R"({"data":{"__schema":{"queryType":{"name":"Query"},"subscriptionType":null}}})");
}

}  // namespace
}  // namespace vivi::graphql
