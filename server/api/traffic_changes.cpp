// trafficChanged: rates, newest points and top names while there is traffic.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/api/call.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/viewer.hpp"
#include "server/db/traffic.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr Seconds newest_points{30};
constexpr Seconds names_of{600};
constexpr Milliseconds names_pace{1'000};  ///< Ten minutes change slowly and cost most.
constexpr int most_names = 10;

struct TrafficChange {
    db::Tenant tenant{};
    std::string router{};
    db::RouterRates rates{};
    std::vector<db::TrafficPoint> points{};
    std::vector<db::NameTraffic> names{};
};

class TrafficChanges final : public graphql::SharedSource {
public:
    explicit TrafficChanges(std::unique_ptr<Viewer> viewer)
        : viewer_{std::move(viewer)}, place_{std::make_shared<const Place>()} {}

    Task<std::expected<std::uint64_t, FieldError>> wait() override { return viewer_->next_look(); }

    std::string standing() const override {
        const auto& last = place_->last;
        if (!last) return viewer_->view();
        return viewer_->view() + '/' + std::to_string(last->revision) + '/' + std::to_string(last->rate_up) + '/' +
               std::to_string(last->rate_down) + (last->is_online ? "+" : "-");
    }

    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        auto place = *place_;
        auto change = co_await read(place);
        if (!change && change.error().code == Code::NotFound) co_return graphql::field_error("No such router.", "NOT_FOUND");
        if (!change) {
            log::debug("subscription.waiting", {{"reason", change.error().detail}});
            co_return std::nullopt;
        }
        const bool is_new = place.last != change->rates;
        place.last = change->rates;
        place_ = std::make_shared<const Place>(std::move(place));
        if (!is_new) co_return std::nullopt;
        co_return std::optional{Value{Object::make(*std::move(change))}};
    }

    std::shared_ptr<const void> position() const override { return place_; }
    void move_to(const std::shared_ptr<const void>& position) override {
        place_ = std::static_pointer_cast<const Place>(position);
    }

private:
    /// What was given last, and the names of that time. Shared by all who stand there.
    struct Place {
        std::optional<db::RouterRates> last{};
        std::vector<db::NameTraffic> names{};
        Instant names_at{};
    };

    Task<Result<TrafficChange>> read(Place& place) {
        auto rates = co_await db::router_rates(viewer_->pool(), viewer_->tenant(), viewer_->router());
        if (!rates) co_return std::unexpected{std::move(rates).error()};
        auto points =
            co_await db::traffic_points(viewer_->pool(), viewer_->tenant(), viewer_->router(), wall_now() - newest_points);
        if (!points) co_return std::unexpected{std::move(points).error()};
        if (now() - place.names_at >= names_pace) {
            auto names =
                co_await db::top_names(viewer_->pool(), viewer_->tenant(), viewer_->router(), wall_now() - names_of, most_names);
            if (!names) co_return std::unexpected{std::move(names).error()};
            place.names = *std::move(names);
            place.names_at = now();
        }
        co_return TrafficChange{.tenant = viewer_->tenant(),
                                .router = viewer_->router(),
                                .rates = *rates,
                                .points = *std::move(points),
                                .names = place.names};
    }

    std::unique_ptr<Viewer> viewer_;
    std::shared_ptr<const Place> place_;
};

Task<std::expected<std::unique_ptr<graphql::Source>, FieldError>> open(const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    auto viewer = std::make_unique<Viewer>(call, *std::move(found));
    co_return std::make_unique<TrafficChanges>(std::move(viewer));
}

Task<std::vector<Resolved>> routers(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    auto& call = context.get<Call>();
    std::vector<Resolved> found;
    for (const auto& parent : parents) {
        const auto& change = parent.as<TrafficChange>();
        auto router = co_await db::router(call.services.pool, change.tenant, change.router);
        if (router)
            found.emplace_back(Value{Object::make(*std::move(router))});
        else
            found.emplace_back(std::unexpected{FieldError{std::move(router).error()}});
    }
    co_return found;
}

}  // namespace

void add_traffic_changes(graphql::Resolvers& resolvers) {
    resolvers.stream("trafficChanged", open);
    resolvers.batch("TrafficChange", "router", routers);
    resolvers.of<TrafficChange>("TrafficChange")
        .field("revision", [](const TrafficChange& change) { return change.rates.revision; })
        .field("rateUp", [](const TrafficChange& change) { return change.rates.rate_up; })
        .field("rateDown", [](const TrafficChange& change) { return change.rates.rate_down; })
        .field("points", [](const TrafficChange& change) { return borrowed_list(change.points); })
        .field("topNames", [](const TrafficChange& change) { return borrowed_list(change.names); });
}

}  // namespace vivi::api
