// A small GraphQL server of its own schema, for clients written by others to judge the transport.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <iostream>
#include <string>

#include "common/http/server.hpp"
#include "server/transport/site.hpp"

namespace {

using namespace vivi;

constexpr std::string_view sdl = R"(
type Query { hello: String! echo(text: String!): String! slow(ms: Int! = 200): String! broken: String! perhaps: String }
type Mutation { set(value: Int!): Int! }
type Subscription { countdown(from: Int!, everyMs: Int! = 5): Int! silent: Int! failing: Int! refused: Int! }
)";

class Countdown final : public graphql::Source {
public:
    Countdown(int from, Milliseconds every) : left_{from}, every_{every} {}
    Task<std::expected<std::optional<graphql::Value>, graphql::FieldError>> next() override {
        if (left_ < 0) co_return std::nullopt;
        co_await after(every_);
        co_return graphql::Value{left_--};
    }

private:
    int left_;
    Milliseconds every_;
};

/// One event, then an error.
class Failing final : public graphql::Source {
public:
    Task<std::expected<std::optional<graphql::Value>, graphql::FieldError>> next() override {
        if (is_over_) co_return graphql::field_error("The source broke.", "SOURCE_BROKE");
        is_over_ = true;
        co_return graphql::Value{1};
    }

private:
    bool is_over_ = false;
};

using Opened = std::expected<std::unique_ptr<graphql::Source>, graphql::FieldError>;

Task<Opened> countdown(const graphql::Arguments& arguments, graphql::Context&) {
    co_return std::make_unique<Countdown>(arguments.get<int>("from"), Milliseconds{arguments.get<int>("everyMs")});
}
Task<Opened> silent(const graphql::Arguments&, graphql::Context&) {
    co_return std::make_unique<Countdown>(0, Milliseconds{3'600'000});
}
Task<Opened> failing(const graphql::Arguments&, graphql::Context&) { co_return std::make_unique<Failing>(); }
Task<Opened> refused(const graphql::Arguments&, graphql::Context&) {
    co_return graphql::field_error("Not for you.", "FORBIDDEN");
}

Task<std::vector<graphql::Resolved>> slow(std::span<const graphql::Object> parents, const graphql::Arguments& arguments,
                                          graphql::Context&) {
    co_await after(Milliseconds{arguments.get<int>("ms")});
    co_return std::vector<graphql::Resolved>(parents.size(), graphql::Value{"late"});
}

graphql::Resolvers resolvers() {
    using namespace graphql;
    Resolvers all;
    all.property("Query", "hello", [](const Object&, const Arguments&, Context&) -> Resolved { return Value{"world"}; })
        .property("Query", "echo",
                  [](const Object&, const Arguments& arguments, Context&) -> Resolved { return arguments["text"]; })
        .property("Query", "broken",
                  [](const Object&, const Arguments&, Context&) -> Resolved { return field_error("It broke.", "BROKEN"); })
        .property(
            "Query", "perhaps",
            [](const Object&, const Arguments&, Context&) -> Resolved { return field_error("Perhaps not.", "PERHAPS_NOT"); })
        .property("Mutation", "set",
                  [](const Object&, const Arguments& arguments, Context&) -> Resolved { return arguments["value"]; })
        .batch("Query", "slow", slow)
        .stream("countdown", countdown)
        .stream("silent", silent)
        .stream("failing", failing)
        .stream("refused", refused);
    return all;
}

class Nobody final : public transport::Session {
public:
    explicit Nobody(bool may_connect) : may_connect_{may_connect} {}
    graphql::Context& context() override { return context_; }
    bool may_connect() override { return may_connect_; }

private:
    bool may_connect_;
    graphql::Context context_;
};

Task<std::unique_ptr<transport::Session>> open_session(const http::Request& request) {
    co_return std::make_unique<Nobody>(!http::find(request.headers, "x-forbidden"));
}

}  // namespace

/// usage: sample_server PORT [audits|draft]
int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 4000);
    transport::SiteOptions options;
    options.init_timeout = Milliseconds{500};
    options.operations_per_socket = 4;
    if (argc > 2 && std::string_view{argv[2]} == "draft") options.status_codes = transport::StatusCodes::Draft2026;

    auto schema = graphql::build_schema(sdl);
    if (!schema) return std::cerr << schema.error().detail << '\n', 78;
    const auto engine = graphql::Engine::make(*std::move(schema), resolvers());
    if (!engine) return std::cerr << engine.error().detail << '\n', 78;
    const auto graphql_site = transport::make_site(**engine, open_session, options);
    const http::Site site{
        .handle = graphql_site.handle, .accept_websocket = graphql_site.accept_websocket, .websocket = graphql_site.websocket};

    net::io_context io{1};
    net::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&io](auto, int) { io.stop(); });
    net::co_spawn(io, http::serve_tcp("127.0.0.1", port, site), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    net::post(io, [] { std::cout << "ready" << std::endl; });  // Behind the coroutine above, which listens before it waits.
    io.run();
    return 0;
}
