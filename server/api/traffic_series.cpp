// trafficSeries: how much, over any time.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_series.hpp"

#include "common/runtime/clock.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/traffic_scope.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_points = 2'000;

struct Series {
    db::TrafficSeries series{};
    WallTime from{};
};

Task<Resolved> traffic_series(const Arguments& arguments, Call& call) {
    const auto now = wall_now();
    const auto most = arguments.get<int>("points");
    if (most < 1 || most > most_points) co_return graphql::field_error("`points` must be 1 to 2000.", "BAD_USER_INPUT");
    const auto range = range_of(arguments, now);
    if (!range) co_return std::unexpected{range.error()};
    const auto found = co_await find_scope(call, arguments["scope"].fields());
    if (!found) co_return std::unexpected{found.error()};
    auto series = co_await db::traffic_series(call.services.pool, found->tenant, found->scope, *range, most, now);
    if (!series) co_return std::unexpected{graphql::FieldError{std::move(series).error()}};
    const auto from = series->points.empty() ? range->from : series->points.front().at;
    co_return Value{Object::make(Series{.series = *std::move(series), .from = from})};
}

}  // namespace

void add_traffic_series(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "trafficSeries", root(traffic_series));
    resolvers.of<Series>("TrafficSeries")
        .field("step", [](const Series& given) { return Value{given.series.step.count()}; })
        .field("from", [](const Series& given) { return to_date_time(given.from); })
        .field("to", [](const Series& given) { return to_date_time(given.series.to); })
        .field("points", [](const Series& given) { return borrowed_list(given.series.points); })
        .field("bytesUp", [](const Series& given) { return Value{given.series.bytes_up}; })
        .field("bytesDown", [](const Series& given) { return Value{given.series.bytes_down}; });
    resolvers.of<db::TrafficPoint>("SeriesPoint")
        .field("at", [](const db::TrafficPoint& point) { return to_date_time(point.at); })
        .field("bytesUp", &db::TrafficPoint::bytes_up)
        .field("bytesDown", &db::TrafficPoint::bytes_down);
}

}  // namespace vivi::api
