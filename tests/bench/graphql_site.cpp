// Our side of the GraphQL benches: the engine and transport over data in memory; usage: graphql_site PORT
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "common/http/server.hpp"
#include "common/runtime/clock.hpp"
#include "server/live/wakeups.hpp"
#include "server/transport/site.hpp"

namespace {

using namespace vivi;
using graphql::Arguments;
using graphql::Context;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

// As tests/bench/peers/data.mjs has it.
constexpr std::string_view sdl = R"(
type Query { hello: String!  devices(first: Int!): [Device!]! }
type Device { id: ID!  mac: String!  name: String!  address: String!  bytesUp: Float!  bytesDown: Float! }
type Subscription { tick: Tick!  silent: Tick! }
type Tick { at: Float!  devices: [Device!]! }
)";
constexpr int device_count = 1'000;
constexpr Milliseconds period{200};

struct Device {
    std::string id{}, mac{}, name{}, address{};
    double bytes_up = 0, bytes_down = 0;
};

std::vector<Device> make_devices() {
    std::vector<Device> devices;
    for (int i = 0; i < device_count; ++i) {
        char mac[18];
        std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", static_cast<unsigned>(i >> 8), static_cast<unsigned>(i & 255));
        devices.push_back({.id = "device:" + std::to_string(i),
                           .mac = mac,
                           .name = "guest number " + std::to_string(i),
                           .address = "10.66." + std::to_string(i >> 8) + "." + std::to_string(i & 255),
                           .bytes_up = i * 1013.0,
                           .bytes_down = i * 70001.0});
    }
    return devices;
}

/// Devices, and a clock that wakes everybody who subscribed.
struct World {
    explicit World(const net::any_io_executor& executor) : wakeups{executor} {}
    std::vector<Device> devices = make_devices();
    live::Wakeups wakeups;
    std::uint64_t ticks = 0;
};

struct Tick {
    double at = 0;
};

Value first_devices(const World& world, std::size_t count) {
    graphql::List list;
    list.reserve(count);
    for (std::size_t i = 0; i < std::min(count, world.devices.size()); ++i) list.emplace_back(Object::borrowed(world.devices[i]));
    return list;
}

class Ticks final : public graphql::SharedSource {
public:
    Ticks(World& world, std::string of) : world_{world}, ear_{world.wakeups.listen(std::move(of))} {}
    Task<std::expected<std::uint64_t, FieldError>> wait() override { co_return co_await ear_->wait(Milliseconds{3'600'000}); }
    std::string standing() const override { return std::to_string(*seen_); }
    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        if (*seen_ == world_.ticks) co_return std::nullopt;
        seen_ = std::make_shared<const std::uint64_t>(world_.ticks);
        const auto at = std::chrono::duration<double, std::micro>{std::chrono::system_clock::now().time_since_epoch()}.count();
        co_return std::optional{Value{Object::make(Tick{at})}};
    }
    std::shared_ptr<const void> position() const override { return seen_; }
    void move_to(const std::shared_ptr<const void>& position) override {
        seen_ = std::static_pointer_cast<const std::uint64_t>(position);
    }

private:
    World& world_;
    std::unique_ptr<live::Ear> ear_;
    std::shared_ptr<const std::uint64_t> seen_ = std::make_shared<const std::uint64_t>(0);
};

using Opened = std::expected<std::unique_ptr<graphql::Source>, FieldError>;

Task<Opened> open_ticks(const Arguments&, Context& context) { co_return std::make_unique<Ticks>(context.get<World>(), "world"); }
/// Nobody ever wakes these.
Task<Opened> open_silent(const Arguments&, Context& context) {
    co_return std::make_unique<Ticks>(context.get<World>(), "nothing");
}

graphql::Resolvers resolvers() {
    graphql::Resolvers all;
    all.property("Query", "hello",
                 [](const Object&, const Arguments&, Context&) -> Resolved { return Value::borrowed("world"); });
    all.property("Query", "devices", [](const Object&, const Arguments& arguments, Context& context) -> Resolved {
        return first_devices(context.get<World>(), static_cast<std::size_t>(std::max(0, arguments.get<int>("first"))));
    });
    all.of<Device>("Device")
        .field("id", &Device::id)
        .field("mac", &Device::mac)
        .field("name", &Device::name)
        .field("address", &Device::address)
        .field("bytesUp", &Device::bytes_up)
        .field("bytesDown", &Device::bytes_down);
    all.of<Tick>("Tick").field("at", &Tick::at).field("devices", [](const Tick&, const Arguments&, Context& context) {
        return first_devices(context.get<World>(), 20);
    });
    all.stream("tick", open_ticks);
    all.stream("silent", open_silent);
    return all;
}

class Nobody final : public transport::Session {
public:
    explicit Nobody(World& world) : context_{Context::of(world)} {}
    Context& context() override { return context_; }

private:
    Context context_;
};

Task<> tick(World& world) {
    for (;;) {
        co_await after(period);
        ++world.ticks;
        world.wakeups.wake("world");
    }
}

Task<> run(World& world, std::uint16_t port, graphql::Engine& engine) {
    const transport::OpenSession open_session = [&world](const http::Request&) -> Task<std::unique_ptr<transport::Session>> {
        co_return std::make_unique<Nobody>(world);
    };
    const auto graphql_site = transport::make_site(engine, open_session);
    const http::Site site{
        .handle = graphql_site.handle, .accept_websocket = graphql_site.accept_websocket, .websocket = graphql_site.websocket};
    std::cout << "ready" << std::endl;
    co_await together(http::serve_tcp("127.0.0.1", port, site), tick(world));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::cerr << "usage: graphql_site PORT\n", 64;
    auto schema = graphql::build_schema(sdl);
    if (!schema) return std::cerr << schema.error().detail << '\n', 78;
    const auto engine = graphql::Engine::make(*std::move(schema), resolvers());
    if (!engine) return std::cerr << engine.error().detail << '\n', 78;
    net::io_context io{1};
    net::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&io](auto, int) { io.stop(); });
    World world{io.get_executor()};
    net::co_spawn(io, run(world, static_cast<std::uint16_t>(std::stoi(argv[1])), **engine),
                  [](const std::exception_ptr& failure) {
                      if (failure) std::rethrow_exception(failure);
                  });
    io.run();
    return 0;
}
