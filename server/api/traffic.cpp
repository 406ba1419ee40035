// traffic: what went through a router in the last minutes.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic.hpp"

#include "common/runtime/clock.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/traffic_types.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_minutes = 1'440;
constexpr int most_names = 100;

struct Traffic {
    db::Tenant tenant{};
    std::string router{};
    WallTime from{};
    std::vector<db::TrafficPoint> points{};
    std::int64_t bytes_up = 0, bytes_down = 0;
};

Task<Resolved> traffic(const Arguments& arguments, Call& call) {
    const auto minutes = arguments.get<int>("minutes");
    if (minutes < 1 || minutes > most_minutes) co_return graphql::field_error("`minutes` must be 1 to 1440.", "BAD_USER_INPUT");
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    Traffic traffic{.tenant = found->tenant, .router = found->router.id, .from = wall_now() - std::chrono::minutes{minutes}};
    auto points = co_await db::traffic_points(call.services.pool, traffic.tenant, traffic.router, traffic.from);
    if (!points) co_return std::unexpected{graphql::FieldError{std::move(points).error()}};
    traffic.points = *std::move(points);
    for (const auto& point : traffic.points) {
        traffic.bytes_up += point.bytes_up;
        traffic.bytes_down += point.bytes_down;
    }
    co_return Value{Object::make(std::move(traffic))};
}

Resolved name_list(std::vector<db::NameTraffic> names) {
    graphql::List list;
    for (auto& name : names) list.emplace_back(Object::make(std::move(name)));
    return Value{std::move(list)};
}

Task<std::vector<Resolved>> names(std::span<const Object> parents, const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    const auto first = arguments.get<int>("first");
    std::vector<Resolved> lists;
    for (const auto& parent : parents) {
        if (first < 1 || first > most_names) {
            lists.emplace_back(graphql::field_error("`first` must be 1 to 100.", "BAD_USER_INPUT"));
            continue;
        }
        const auto& traffic = parent.as<Traffic>();
        auto found = co_await db::top_names(call.services.pool, traffic.tenant, traffic.router, traffic.from, first);
        if (found)
            lists.push_back(name_list(*std::move(found)));
        else
            lists.emplace_back(std::unexpected{graphql::FieldError{std::move(found).error()}});
    }
    co_return lists;
}

}  // namespace

void add_traffic_types(graphql::Resolvers& resolvers) {
    using model::NameSource;
    resolvers.enumeration<NameSource>("NameSource", {{NameSource::None, "NONE"},
                                                     {NameSource::Dns, "DNS"},
                                                     {NameSource::Sni, "SNI"},
                                                     {NameSource::Quic, "QUIC"},
                                                     {NameSource::Http, "HTTP"}});
    resolvers.of<db::TrafficPoint>("TrafficPoint")
        .field("at", [](const db::TrafficPoint& point) { return to_date_time(point.at); })
        .field("bytesUp", &db::TrafficPoint::bytes_up)
        .field("bytesDown", &db::TrafficPoint::bytes_down);
    resolvers.of<db::NameTraffic>("NameTraffic")
        .field("name", &db::NameTraffic::name)
        .field("source", &db::NameTraffic::source)
        .field("bytesUp", &db::NameTraffic::bytes_up)
        .field("bytesDown", &db::NameTraffic::bytes_down)
        .field("deviceCount", &db::NameTraffic::device_count);
}

void add_traffic(graphql::Resolvers& resolvers) {
    add_traffic_types(resolvers);
    resolvers.batch("Query", "traffic", root(traffic));
    resolvers.batch("Traffic", "topNames", names);
    resolvers.of<Traffic>("Traffic")
        .field("points", [](const Traffic& traffic) { return borrowed_list(traffic.points); })
        .field("bytesUp", &Traffic::bytes_up)
        .field("bytesDown", &Traffic::bytes_down);
}

}  // namespace vivi::api
