// Section 6.2.3: a source of events becomes a stream of responses.
// SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "tests/server/graphql/harness.hpp"

namespace vivi::graphql {
namespace {

using test::make_engine;

constexpr std::string_view sdl =
    "type Query { a: Int } type Subscription { tick(from: Int! = 1): Tick!  count: Int } type Tick { n: Int!  twice: Int! }";

struct Number {
    int n = 0;
};

using Event = std::expected<std::optional<Value>, FieldError>;

/// What a test put into it, in order.
class Queue : public Source {
public:
    explicit Queue(std::deque<Event> events) : events_{std::move(events)} {}
    Task<Event> next() override {
        co_await after(Milliseconds{0});
        auto event = std::move(events_.front());
        events_.pop_front();
        co_return event;
    }

private:
    std::deque<Event> events_;
};

using Opened = std::expected<std::unique_ptr<Source>, FieldError>;

Task<Opened> tick(const Arguments& arguments, Context&) {
    const int from = arguments.get<int>("from");
    if (from < 0) co_return field_error("Not below zero.", "BAD_USER_INPUT");
    std::deque<Event> events;
    events.emplace_back(Value{Object::make(Number{from})});
    events.emplace_back(Value{});
    events.emplace_back(Value{Object::make(Number{from + 1})});
    events.emplace_back(std::nullopt);
    co_return std::make_unique<Queue>(std::move(events));
}

Task<Opened> count(const Arguments&, Context&) {
    std::deque<Event> events;
    events.emplace_back(Value{7});
    events.emplace_back(field_error("The source broke.", "SOURCE_BROKE"));
    co_return std::make_unique<Queue>(std::move(events));
}

std::vector<std::string> responses(std::string query) {
    Resolvers resolvers;
    resolvers.of<Number>("Tick").field("n", &Number::n).field("twice", [](const Number& number) { return 2 * number.n; });
    resolvers.property("Query", "a", [](const Object&, const Arguments&, Context&) { return Value{1}; });
    resolvers.stream("tick", tick).stream("count", count);
    const auto engine = make_engine(sdl, resolvers);
    const auto operation = engine->prepare({.query = std::move(query)});
    if (!operation) return {render(operation.error())};
    Context context;
    net::io_context io;
    auto stream = test::run(io, engine->subscribe(*operation, context));
    if (!stream) return {"refused: " + stream.error().body};
    std::vector<std::string> all;
    while (auto response = test::run(io, (*stream)->next())) all.push_back(response->body);
    EXPECT_FALSE(test::run(io, (*stream)->next())) << "over stays over";
    return all;
}

TEST(GraphqlSubscribe, EachEventIsExecuted) {
    EXPECT_THAT(
        responses("subscription { t: tick(from: 5) { twice n } }"),
        testing::ElementsAre(R"({"data":{"t":{"twice":10,"n":5}}})",
                             testing::AllOf(testing::HasSubstr("Cannot return null"), testing::HasSubstr(R"("path":["t"])")),
                             R"({"data":{"t":{"twice":12,"n":6}}})"));
}

TEST(GraphqlSubscribe, ASourceThatFailsSaysSoLast) {
    EXPECT_THAT(responses("subscription { count }"),
                testing::ElementsAre(R"({"data":{"count":7}})", testing::AllOf(testing::HasSubstr("SOURCE_BROKE"),
                                                                               testing::Not(testing::HasSubstr("\"data\"")))));
}

TEST(GraphqlSubscribe, ASourceMayRefuse) {
    EXPECT_THAT(
        responses("subscription { tick(from: -1) { n } }"),
        testing::ElementsAre(testing::AllOf(testing::StartsWith("refused: {\"errors\""), testing::HasSubstr("Not below zero."))));
}

}  // namespace
}  // namespace vivi::graphql
