// A small GraphQL service on a port: its own schema, for tests that look at the transport from outside.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "server/transport/site.hpp"
#include "tests/adapters/http/frames.hpp"
#include "tests/adapters/http/running_site.hpp"

namespace vivi::test {

inline constexpr std::string_view sample_sdl = R"(
type Query { hello: String! }
type Subscription { silent: Int! flood: String! }
)";

class Silence final : public graphql::Source {
public:
    Task<std::expected<std::optional<graphql::Value>, graphql::FieldError>> next() override {
        co_await after(Milliseconds{3'600'000});
        co_return std::nullopt;
    }
};

/// 60,000 bytes an event, as fast as they are taken.
class Flood final : public graphql::Source {
public:
    Task<std::expected<std::optional<graphql::Value>, graphql::FieldError>> next() override {
        co_await after(Milliseconds{1});
        co_return graphql::Value{std::string(60'000, 'f')};
    }
};

template <class T>
Task<std::expected<std::unique_ptr<graphql::Source>, graphql::FieldError>> opened(const graphql::Arguments&, graphql::Context&) {
    co_return std::make_unique<T>();
}

/// A visitor; the header `x-who` says who.
class SampleSession final : public transport::Session {
public:
    explicit SampleSession(std::string who) : who_{std::move(who)} {}
    graphql::Context& context() override { return context_; }
    bool may_connect() override { return who_ != "nobody"; }
    bool may_send_any_document() const override { return who_ == "staff"; }
    std::string owner() const override { return who_; }

private:
    std::string who_;
    int nothing_ = 0;
    graphql::Context context_ = graphql::Context::of(nothing_);
};

/// Listens for as long as it lives.
class SampleSite {
public:
    explicit SampleSite(transport::SiteOptions options = {}) {
        using namespace graphql;
        Resolvers resolvers;
        resolvers.property("Query", "hello",
                           [](const Object&, const Arguments&, Context&) -> Resolved { return Value{"world"}; });
        resolvers.stream("silent", opened<Silence>);
        resolvers.stream("flood", opened<Flood>);
        engine_ = Engine::make(build_schema(sample_sdl).value(), resolvers).value();
        transport::declare_metrics(metrics);
        options.metrics = &metrics;
        auto made = transport::make_site(
            *engine_,
            [](const http::Request& request) -> Task<std::unique_ptr<transport::Session>> {
                co_return std::make_unique<SampleSession>(std::string{http::find(request.headers, "x-who").value_or("")});
            },
            std::move(options));
        running_.emplace(http::Site{.handle = std::move(made.handle),
                                    .accept_websocket = std::move(made.accept_websocket),
                                    .websocket = std::move(made.websocket)});
    }
    std::uint16_t port() const { return running_->port(); }
    /// Ends all connections; `metrics` may be read afterwards.
    void stop() { running_->stop(); }

    Metrics metrics{};

private:
    std::unique_ptr<graphql::Engine> engine_{};
    std::optional<http::RunningSite> running_{};
};

/// A graphql-transport-ws client that may break every rule.
class RawSocket {
public:
    explicit RawSocket(const SampleSite& site, std::string_view more = {}) : client{site.port(), Milliseconds{20'000}} {
        head = http::upgrade(client, "/graphql", "Sec-WebSocket-Protocol: graphql-transport-ws\r\n" + std::string{more});
    }
    void say(std::string_view json) { client.send(http::frame(http::Text, json)); }
    void begin() {
        say(R"({"type":"connection_init"})");
        next();
    }
    /// The next text message; {"closed":code,"reason":…} for a close frame; null when the connection ended without.
    nlohmann::json next() {
        const auto frame = http::read_frame(client);
        if (frame.first == http::close_frame) return {{"closed", frame.code()}, {"reason", frame.payload.substr(2)}};
        if (frame.first != http::whole_text) return {};
        return nlohmann::json::parse(frame.payload);
    }

    http::RawClient client;
    std::string head{};
};

}  // namespace vivi::test
