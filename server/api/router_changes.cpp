// routerChanged: the router as it is, then whenever it is otherwise.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/api/call.hpp"
#include "server/api/course.hpp"
#include "server/api/router_health.hpp"
#include "server/api/viewer.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Value;

/// What makes a router another one to look at. Traffic does not, nor being heard again.
std::string likeness(const db::Router& router, const db::RouterFacts& facts, WallTime at) {
    const auto how = health(router, facts, at);
    model::Json is{router.name,
                   router.event,
                   router.is_online,
                   router.desired_revision,
                   router.applied_revision,
                   router.apply_error,
                   router.software,
                   facts.open_alarms,
                   facts.unacknowledged_alarms,
                   facts.gaps,
                   static_cast<int>(how.state)};
    for (const auto& reason : how.reasons) is.push_back(static_cast<int>(reason.code));
    return is.dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

class RouterChanges final : public graphql::SharedSource {
public:
    explicit RouterChanges(std::unique_ptr<Viewer> viewer)
        : viewer_{std::move(viewer)}, last_{std::make_shared<const std::string>()} {}

    Task<std::expected<std::uint64_t, FieldError>> wait() override { return viewer_->next_look(); }
    std::string standing() const override { return viewer_->view() + '/' + *last_; }

    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        auto router = co_await db::router(viewer_->pool(), viewer_->tenant(), viewer_->router());
        if (!router && router.error().code == Code::NotFound) co_return graphql::field_error("No such router.", "NOT_FOUND");
        if (!router) {
            log::debug("subscription.waiting", {{"reason", router.error().detail}});
            co_return std::nullopt;
        }
        const auto facts = co_await db::router_facts(viewer_->pool(), viewer_->tenant(), {viewer_->router()});
        if (!facts) {
            log::debug("subscription.waiting", {{"reason", facts.error().detail}});
            co_return std::nullopt;
        }
        const auto found = facts->find(viewer_->router());
        auto is = likeness(*router, found == facts->end() ? db::RouterFacts{} : found->second, wall_now());
        if (is == *last_) co_return std::nullopt;
        last_ = std::make_shared<const std::string>(std::move(is));
        co_return std::optional{Value{Object::make(*std::move(router))}};
    }

    std::shared_ptr<const void> position() const override { return last_; }
    void move_to(const std::shared_ptr<const void>& position) override {
        last_ = std::static_pointer_cast<const std::string>(position);
    }

private:
    std::unique_ptr<Viewer> viewer_;
    std::shared_ptr<const std::string> last_;  // Shared by all who saw the same.
};

Task<std::expected<std::unique_ptr<graphql::Source>, FieldError>> open(const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    auto viewer = std::make_unique<Viewer>(call, *std::move(found), Viewer::Pull::None);
    co_return std::make_unique<RouterChanges>(std::move(viewer));
}

}  // namespace

void add_router_changes(graphql::Resolvers& resolvers) { resolvers.stream("routerChanged", open); }

}  // namespace vivi::api
