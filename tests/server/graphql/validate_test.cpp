// The examples and counter-examples of section 5 of the specification, on its own schema.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/validate.hpp"

#include <gmock/gmock.h>

#include "server/graphql/parser.hpp"

namespace vivi::graphql {
namespace {

constexpr std::string_view sdl = R"(
type Query { dog: Dog  findDog(searchBy: FindDogInput): Dog  arguments: Arguments  booleanList(booleanListArg: [Boolean!]): Boolean  human: Human  pet: Pet  catOrDog: CatOrDog
  multipleRequirements(x: Int!, y: Int!): Int!  find(by: FindBy): Pet  date(d: Date): Date }
type Mutation { addPet(pet: PetInput!): Pet }
type Subscription { newMessage: Message  disallowedSecondRootField: Boolean }
type Message { body: String sender: String }
scalar Date
enum DogCommand { SIT DOWN HEEL }
type Dog implements Pet { name: String!  nickname: String  barkVolume: Int  doesKnowCommand(dogCommand: DogCommand!): Boolean!  isHouseTrained(atOtherHomes: Boolean): Boolean!  owner: Human }
interface Sentient { name: String! }
interface Pet { name: String! }
type Alien implements Sentient { name: String!  homePlanet: String }
type Human implements Sentient { name: String!  pets: [Pet!] }
enum CatCommand { JUMP }
type Cat implements Pet { name: String!  nickname: String  doesKnowCommand(catCommand: CatCommand!): Boolean!  meowVolume: Int }
union CatOrDog = Cat | Dog
union DogOrHuman = Dog | Human
union HumanOrAlien = Human | Alien
input FindDogInput { name: String  owner: String }
input PetInput @oneOf { cat: CatInput  dog: FindDogInput }
input CatInput { name: String!  nickname: String  meowVolume: Int = 3 }
input FindBy { a: Int! = 1  list: [[Int]] }
type Arguments { booleanArgField(booleanArg: Boolean): Boolean  floatArgField(floatArg: Float): Float  intArgField(intArg: Int): Int  nonNullBooleanArgField(nonNullBooleanArg: Boolean!): Boolean!
  booleanListArgField(booleanListArg: [Boolean]!): [Boolean]  optionalNonNullBooleanArgField(optionalBooleanArg: Boolean! = false): Boolean! idArgField(idArg: ID): ID }
directive @rep(x: Int) repeatable on FIELD
)";

std::vector<std::string> problems(std::string_view source) {
    static const auto schema = build_schema(sdl);
    EXPECT_TRUE(schema) << schema.error().detail;
    const auto document = parse(source);
    if (!document) return {"syntax: " + document.error().message};
    std::vector<std::string> messages;
    for (const auto& error : validate(*schema, *document, source, 0)) messages.push_back(error.message);
    return messages;
}

struct Row {
    const char* section;
    const char* source;
};

class Valid : public testing::TestWithParam<Row> {};
TEST_P(Valid, Passes) {
    EXPECT_THAT(problems(GetParam().source), testing::IsEmpty()) << GetParam().section << ": " << GetParam().source;
}

class NotValid : public testing::TestWithParam<Row> {};
TEST_P(NotValid, IsRefused) {
    const auto found = problems(GetParam().source);
    EXPECT_THAT(found, testing::Not(testing::IsEmpty())) << GetParam().section << ": " << GetParam().source;
    for (const auto& message : found) EXPECT_THAT(message, testing::Not(testing::StartsWith("syntax"))) << GetParam().source;
}

constexpr Row valid[] = {
    {"5.2.2.1", "query getDogName { dog { name } } query getOwnerName { dog { owner { name } } }"},
    {"5.2.3.1", "{ dog { name } }"},
    {"5.2.4.1", "subscription sub { newMessage { body sender } }"},
    {"5.2.4.1",
     "subscription sub { ...newMessageFields } fragment newMessageFields on Subscription { newMessage { body sender } }"},
    {"5.3.1",
     "{ pet { name __typename ... on Dog { barkVolume } } catOrDog { __typename ... on Pet { name } } __schema { types { name } "
     "} __type(name: \"Dog\") { kind } }"},
    {"5.3.2", "{ dog { name name otherName: name otherName: name } }"},
    {"5.3.2", "query ($c: DogCommand!) { dog { doesKnowCommand(dogCommand: $c) doesKnowCommand(dogCommand: $c) } }"},
    {"5.3.2", "{ pet { ... on Dog { volume: barkVolume } ... on Cat { volume: meowVolume } } }"},
    {"5.3.2", "{ pet { ... on Dog { doesKnowCommand(dogCommand: SIT) } ... on Cat { doesKnowCommand(catCommand: JUMP) } } }"},
    {"5.3.2", "{ find(by: {a: 1, list: [1]}) { name } find(by: {list: [1], a: 1}) { name } }"},
    {"5.3.3", "{ dog { barkVolume } }"},
    {"5.4.1", "{ dog { isHouseTrained(atOtherHomes: true) @include(if: true) } multipleRequirements(y: 2, x: 1) }"},
    {"5.4.3",
     "{ arguments { booleanArgField booleanArgField2: booleanArgField(booleanArg: null) optionalNonNullBooleanArgField } }"},
    {"5.5.1", "{ dog { ...F ...Sentient2 } } fragment F on Dog { name } fragment Sentient2 on Dog { name }"},
    {"5.5.2.3",
     "{ dog { ... on Dog { barkVolume } ... on Pet { name } ... on CatOrDog { ... on Cat { meowVolume } } } pet { ... on Dog { "
     "name } } }"},
    {"5.6.1",
     "{ arguments { booleanArgField(booleanArg: true) floatArgField(floatArg: 1) intArgField(intArg: 2) idArgField(idArg: 1) } "
     "date(d: {any: [E, 1]}) }"},
    {"5.6.1",
     "query ($d: Date = \"x\") { date(d: [$d]) findDog(searchBy: {name: \"x\"}) { name } booleanList(booleanListArg: true) }"},
    {"5.6.1 oneOf",
     "mutation ($cat: CatInput!) { addPet(pet: {cat: $cat}) { name } a: addPet(pet: {cat: {name: \"Brontie\"}}) { name } }"},
    {"5.6.4", "{ find(by: {}) { name } }"},
    {"5.7.2", "query ($f: Boolean!) { dog @skip(if: $f) { ... @include(if: $f) { name @rep @rep(x: 1) } } }"},
    {"5.8.3", "query ($a: Boolean) { dog { ...F } } fragment F on Dog { isHouseTrained(atOtherHomes: $a) }"},
    {"5.8.5",
     "query ($list: [Boolean!]!, $b: Boolean = true, $n: Boolean) { booleanList(booleanListArg: $list) arguments { "
     "nonNullBooleanArgField(nonNullBooleanArg: $b) optionalNonNullBooleanArgField(optionalBooleanArg: $n) } }"},
    {"5.8.5", "query ($i: Int, $b: Int) { find(by: {a: $b, list: [[$i], null]}) { name } }"},
};
INSTANTIATE_TEST_SUITE_P(GraphqlValidate, Valid, testing::ValuesIn(valid));

constexpr Row not_valid[] = {
    {"5.1.1", "{ dog { name } } extend type Dog { color: String }"},
    {"5.2.2.1", "query a { dog { name } } query a { dog { name } }"},
    {"5.2.3.1", "{ dog { name } } query a { dog { name } }"},
    {"5.2.4.1", "subscription { newMessage { body } disallowedSecondRootField }"},
    {"5.2.4.1", "subscription { ...F } fragment F on Subscription { newMessage { body } disallowedSecondRootField }"},
    {"5.2.4.1", "subscription { __typename }"},
    {"5.2.4.1", "subscription ($b: Boolean!) { newMessage @include(if: $b) { body } disallowedSecondRootField @skip(if: $b) }"},
    {"5.3.1", "{ dog { meowVolume } }"},
    {"5.3.1", "{ pet { nickname } }"},
    {"5.3.1", "{ catOrDog { name } }"},
    {"5.3.2", "{ dog { name: nickname name } }"},
    {"5.3.2", "{ dog { doesKnowCommand(dogCommand: SIT) doesKnowCommand(dogCommand: HEEL) } }"},
    {"5.3.2", "query ($c: DogCommand!) { dog { doesKnowCommand(dogCommand: SIT) doesKnowCommand(dogCommand: $c) } }"},
    {"5.3.2", "{ dog { isHouseTrained isHouseTrained(atOtherHomes: true) } }"},
    {"5.3.2", "{ pet { ... on Dog { someValue: nickname } ... on Cat { someValue: meowVolume } } }"},
    {"5.3.2", "{ dog { owner { n: name } ...F } } fragment F on Dog { owner { n: pets { name } } }"},
    {"5.3.2", "{ human { pets { ... on Dog { o: owner { x: name } } ... on Cat { o: nickname } } } }"},
    {"5.3.3", "{ dog { barkVolume { sinceWhen } } }"},
    {"5.3.3", "{ human }"},
    {"5.4.1", "{ dog { doesKnowCommand(command: CLEAN_UP_HOUSE, dogCommand: SIT) } }"},
    {"5.4.1", "{ dog { name @include(unless: false, if: true) } }"},
    {"5.4.2", "{ dog { isHouseTrained(atOtherHomes: true, atOtherHomes: true) } }"},
    {"5.4.3", "{ arguments { nonNullBooleanArgField } }"},
    {"5.4.3", "{ dog @skip { name } }"},
    {"5.5.1.1", "{ dog { ...F } } fragment F on Dog { name } fragment F on Dog { nickname }"},
    {"5.5.1.2", "{ dog { ...F } } fragment F on NotInSchema { name }"},
    {"5.5.1.2", "{ dog { ... on NotInSchema { name } } }"},
    {"5.5.1.3", "{ dog { ... on Boolean { name } } }"},
    {"5.5.1.3", "{ dog { ...F } } fragment F on Int { something }"},
    {"5.5.1.4", "fragment F on Dog { name } { dog { name } }"},
    {"5.5.2.1", "{ dog { ...undefinedFragment } }"},
    {"5.5.2.2", "{ dog { ...A } } fragment A on Dog { barkVolume ...B } fragment B on Dog { name ...A }"},
    {"5.5.2.2", "{ dog { ...A } } fragment A on Dog { owner { pets { ...A } } }"},
    {"5.5.2.3", "{ dog { ... on Cat { meowVolume } } }"},
    {"5.5.2.3", "{ human { pets { ...F } } } fragment F on HumanOrAlien { ... on Alien { name } }"},
    {"5.6.1", "{ arguments { intArgField(intArg: \"123\") } }"},
    {"5.6.1", "{ arguments { intArgField(intArg: 2147483648) } }"},
    {"5.6.1", "{ arguments { intArgField(intArg: 1.0) } }"},
    {"5.6.1", "{ arguments { nonNullBooleanArgField(nonNullBooleanArg: null) } }"},
    {"5.6.1", "{ dog { doesKnowCommand(dogCommand: \"SIT\") } }"},
    {"5.6.1", "{ dog { doesKnowCommand(dogCommand: JUMP) } }"},
    {"5.6.1", "query ($a: Int = true) { arguments { intArgField(intArg: $a) } }"},
    {"5.6.1", "{ booleanList(booleanListArg: [true, null]) }"},
    {"5.6.1", "{ findDog(searchBy: \"Fido\") { name } }"},
    {"5.6.1 oneOf", "mutation { addPet(pet: {cat: {name: \"B\"}, dog: {name: \"F\"}}) { name } }"},
    {"5.6.1 oneOf", "mutation { addPet(pet: {}) { name } }"},
    {"5.6.1 oneOf", "mutation { addPet(pet: {dog: null}) { name } }"},
    {"5.6.1 oneOf", "mutation ($d: FindDogInput) { addPet(pet: {dog: $d}) { name } }"},
    {"5.6.2", "{ findDog(searchBy: {favoriteCookieFlavor: \"Bacon\"}) { name } }"},
    {"5.6.3", "{ findDog(searchBy: {name: \"a\", name: \"b\"}) { name } }"},
    {"5.6.4", "mutation { addPet(pet: {cat: {nickname: \"x\"}}) { name } }"},
    {"5.7.1", "{ dog { name @nothing } }"},
    {"5.7.2", "query @skip(if: true) { dog { name } }"},
    {"5.7.2", "query ($a: Int @skip(if: true)) { arguments { intArgField(intArg: $a) } }"},
    {"5.7.3", "query ($foo: Boolean = true, $bar: Boolean = false) { dog @skip(if: $foo) @skip(if: $bar) { name } }"},
    {"5.8.1", "query ($a: Boolean, $a: Boolean) { dog { isHouseTrained(atOtherHomes: $a) } }"},
    {"5.8.2", "query ($cat: Cat) { dog { name @include(if: $cat) } }"},
    {"5.8.2", "query ($x: [Nothing]) { booleanList(booleanListArg: $x) }"},
    {"5.8.3", "{ dog { isHouseTrained(atOtherHomes: $a) } }"},
    {"5.8.3",
     "query ($a: Boolean) { dog { ...F } } query b { dog { ...F } } fragment F on Dog { isHouseTrained(atOtherHomes: $a) }"},
    {"5.8.4", "query ($unused: Boolean) { dog { name } }"},
    {"5.8.5", "query ($i: Int) { arguments { booleanArgField(booleanArg: $i) } }"},
    {"5.8.5", "query ($l: [Boolean]) { arguments { booleanArgField(booleanArg: $l) } }"},
    {"5.8.5", "query ($b: Boolean) { arguments { nonNullBooleanArgField(nonNullBooleanArg: $b) } }"},
    {"5.8.5", "query ($b: Boolean = null) { arguments { nonNullBooleanArgField(nonNullBooleanArg: $b) } }"},
    {"5.8.5", "query ($l: [Boolean]) { booleanList(booleanListArg: $l) }"},
};
INSTANTIATE_TEST_SUITE_P(GraphqlValidate, NotValid, testing::ValuesIn(not_valid));

TEST(GraphqlValidateSchema, AnOperationNeedsARootType) {  // 5.2.1.1
    const auto schema = build_schema("type Query { a: Int }");
    const std::string_view source = "mutation { a }";
    EXPECT_EQ(validate(*schema, *parse(source), source).size(), 1u);
}

TEST(GraphqlValidateLimits, StopsAtTheLastErrorAskedFor) {
    static const auto schema = build_schema(sdl);
    std::string source = "{";
    for (int i = 0; i < 100; ++i) source += " no" + std::to_string(i);
    source += " }";
    EXPECT_EQ(validate(*schema, *parse(source), source, 20).size(), 20u);
}

// The documents that took graphql-js (CVE-2023-26144), graphql-php (CVE-2026-40476) and others down.
TEST(GraphqlValidateLimits, OverlappingFieldsStayCheap) {
    static const auto schema = build_schema(sdl);
    std::string same = "{ dog {";
    for (int i = 0; i < 3'000; ++i) same += " name";
    same += " } }";
    std::string inlined = "{ dog {";
    for (int i = 0; i < 1'000; ++i) inlined += " ... on Dog { owner { name } }";
    inlined += " } }";
    std::string doubling = "{ human { ...F0 } }";  // Each fragment spreads the next twice, one level down.
    for (int i = 0; i < 25; ++i)
        doubling += " fragment F" + std::to_string(i) + " on Human { a: pets { ... on Dog { owner { ...F" +
                    std::to_string(i + 1) + " } } } b: pets { ... on Dog { owner { ...F" + std::to_string(i + 1) + " } } } }";
    doubling += " fragment F25 on Human { name }";
    for (const auto& source : {same, inlined, doubling}) {
        const auto document = parse(source);
        ASSERT_TRUE(document);
        EXPECT_THAT(validate(*schema, *document, source), testing::IsEmpty())
            << "milliseconds; without the memo, longer than any test may run";
    }
}

}  // namespace
}  // namespace vivi::graphql
