// Equal subscriptions that stand at the same place are looked for, executed and written once.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "tests/server/graphql/harness.hpp"

namespace vivi::graphql {
namespace {

constexpr std::string_view sdl =
    "type Query { a: Int } type Subscription { news(after: Int! = 0): News! } type News { revision: Int!  plus(n: Int!): Int! }";

struct News {
    int revision = 0;
};

/// What changes, how often it was looked at, and a way to keep a look waiting.
struct World {
    explicit World(net::io_context& io) : changed{io, Instant::max()}, gate{io, Instant::max()} {}
    int revision = 1;
    std::uint64_t wakes = 0;
    int looks = 0;
    bool is_gated = false;
    net::steady_timer changed, gate;

    void change() {
        ++revision;
        ++wakes;
        changed.cancel();
    }
};

class NewsSource final : public SharedSource {
public:
    NewsSource(World& world, std::string view, int after)
        : world_{world}, view_{std::move(view)}, seen_{std::make_shared<const int>(after)} {}

    Task<std::expected<std::uint64_t, FieldError>> wait() override {
        while (has_looked_ && heard_ == world_.wakes) {
            co_await world_.changed.async_wait(as_value);
            const auto cancellation = co_await net::this_coro::cancellation_state;
            if (cancellation.cancelled() != net::cancellation_type::none)
                throw boost::system::system_error{net::error::operation_aborted};
        }
        has_looked_ = true;
        heard_ = world_.wakes;
        co_return heard_;
    }
    std::string standing() const override { return view_ + "@" + std::to_string(*seen_); }
    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        ++world_.looks;
        if (world_.is_gated) {
            co_await world_.gate.async_wait(as_value);
            const auto cancellation = co_await net::this_coro::cancellation_state;
            if (cancellation.cancelled() != net::cancellation_type::none)
                throw boost::system::system_error{net::error::operation_aborted};
        }
        if (view_ == "broken") co_return field_error("It broke.", "BROKEN");
        if (*seen_ == world_.revision) co_return std::nullopt;
        seen_ = std::make_shared<const int>(world_.revision);
        co_return std::optional{Value{Object::make(News{world_.revision})}};
    }
    std::shared_ptr<const void> position() const override { return seen_; }
    void move_to(const std::shared_ptr<const void>& position) override { seen_ = std::static_pointer_cast<const int>(position); }

private:
    World& world_;
    std::string view_;
    std::shared_ptr<const int> seen_;
    bool has_looked_ = false;
    std::uint64_t heard_ = 0;
};

/// Who subscribes: the world and the view.
struct Caller {
    World& world;
    std::string view;
};

using Opened = std::expected<std::unique_ptr<Source>, FieldError>;

Task<Opened> open(const Arguments& arguments, Context& context) {
    auto& caller = context.get<Caller>();
    co_return std::make_unique<NewsSource>(caller.world, caller.view, arguments.get<int>("after"));
}

class SharedLooks : public testing::Test {
protected:
    SharedLooks() {
        Resolvers resolvers;
        resolvers.of<News>("News")
            .field("revision", &News::revision)
            .field("plus", [](const News& news, const Arguments& arguments, Context&) {
                return Value{news.revision + arguments.get<int>("n")};
            });
        resolvers.property("Query", "a", [](const Object&, const Arguments&, Context&) { return Value{1}; });
        resolvers.stream("news", open);
        engine = test::make_engine(sdl, resolvers);
    }

    struct Subscriber {
        Caller caller;
        Context context = Context::of(caller);
        std::vector<std::shared_ptr<const Response>> got{};
        net::cancellation_signal leave{};
    };

    Subscriber& join(std::string view, std::string query = "subscription { news { revision } }",
                     std::string_view variables = "{}") {
        auto& subscriber = *subscribers.emplace_back(std::make_unique<Subscriber>(Caller{world, std::move(view)}));
        Request request{.query = std::move(query)};
        request.variables = parse_json(variables)->fields();
        net::co_spawn(io, follow(*engine, *engine->prepare(request), subscriber),
                      net::bind_cancellation_slot(subscriber.leave.slot(), [](const std::exception_ptr&) {}));
        settle();
        return subscriber;
    }
    static Task<> follow(Engine& engine, Operation operation, Subscriber& subscriber) {
        auto stream = co_await engine.subscribe(std::move(operation), subscriber.context);
        while (auto response = co_await (*stream)->next()) subscriber.got.push_back(std::move(response));
    }
    /// Runs what can run without anything happening.
    void settle() {
        io.restart();
        io.poll();
    }
    void change() {
        world.change();
        settle();
    }
    ~SharedLooks() override {
        for (auto& subscriber : subscribers) subscriber->leave.emit(net::cancellation_type::terminal);
        settle();
    }

    net::io_context io{};
    World world{io};
    std::unique_ptr<Engine> engine{};
    std::vector<std::unique_ptr<Subscriber>> subscribers{};
};

TEST_F(SharedLooks, OneLookServesEverybodyWhoStandsAtTheSamePlace) {
    auto& first = join("a");
    auto& second = join("a");
    auto& third = join("a");
    const auto before = world.looks;
    change();
    EXPECT_EQ(world.looks, before + 1);
    ASSERT_EQ(first.got.size(), 2U);
    EXPECT_EQ(first.got[1]->body, R"({"data":{"news":{"revision":2}}})");
    EXPECT_EQ(first.got[1], second.got.at(1)) << "the very same text";
    EXPECT_EQ(first.got[1], third.got.at(1));
    EXPECT_GE(engine->shared_counts().shared, 2U);
}

TEST_F(SharedLooks, AnotherViewSelectionOrVariableIsLookedForItself) {
    join("a");
    join("b");
    join("a", "subscription { news { plus(n: 1) } }");
    auto& two = join("a", "subscription ($n: Int!) { news { plus(n: $n) } }", R"({"n":2})");
    auto& three = join("a", "subscription ($n: Int!) { news { plus(n: $n) } }", R"({"n":3})");
    const auto before = world.looks;
    change();
    EXPECT_EQ(world.looks, before + 5);
    EXPECT_EQ(two.got.at(1)->body, R"({"data":{"news":{"plus":4}}})");
    EXPECT_EQ(three.got.at(1)->body, R"({"data":{"news":{"plus":5}}})");
}

TEST_F(SharedLooks, VariablesOfTheRootFieldDoNotPartThoseWhoHaveCaughtUp) {
    join("a", "subscription ($after: Int!) { news(after: $after) { revision } }", R"({"after":0})");
    join("a", "subscription ($after: Int!) { news(after: $after) { revision } }", R"({"after":-5})");
    const auto before = world.looks;
    change();
    EXPECT_EQ(world.looks, before + 1);
}

TEST_F(SharedLooks, WhoComesLateGetsWhereThingsStandAndThenTheSameAsEverybody) {
    auto& early = join("a");
    change();
    auto& late = join("a");
    ASSERT_EQ(late.got.size(), 1U);
    EXPECT_EQ(late.got[0]->body, R"({"data":{"news":{"revision":2}}})");
    change();
    EXPECT_EQ(early.got.at(2), late.got.at(1));
}

TEST_F(SharedLooks, AChangeDuringALookIsNotMissed) {
    auto& one = join("a");
    world.is_gated = true;
    change();  // The look waits.
    auto& two = join("a");
    world.is_gated = false;
    change();  // Whoever is woken now must not be content with the look that began before.
    world.gate.cancel();
    settle();
    settle();
    EXPECT_EQ(one.got.back()->body, R"({"data":{"news":{"revision":3}}})");
    EXPECT_EQ(two.got.back()->body, R"({"data":{"news":{"revision":3}}})");
}

TEST_F(SharedLooks, WhenTheOneWhoLooksLeavesAnotherLooks) {
    auto& leader = join("a");
    auto& follower = join("a");
    world.is_gated = true;
    change();
    EXPECT_EQ(follower.got.size(), 1U);
    leader.leave.emit(net::cancellation_type::terminal);
    settle();
    world.is_gated = false;
    world.gate.cancel();
    settle();
    EXPECT_EQ(follower.got.size(), 2U);
}

TEST_F(SharedLooks, AnErrorEndsEverybodyWhoSharesIt) {
    auto& one = join("broken");
    ASSERT_EQ(one.got.size(), 1U);
    EXPECT_THAT(one.got[0]->body, testing::HasSubstr("BROKEN"));
    change();
    EXPECT_EQ(one.got.size(), 1U) << "its stream has ended";
}

}  // namespace
}  // namespace vivi::graphql
