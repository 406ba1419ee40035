// deviceChanged: a snapshot, then what changed.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.hpp"
#include "server/api/call.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/viewer.hpp"
#include "server/db/devices.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Value;

struct DeviceChange {
    std::int64_t revision = 0;
    bool is_snapshot = false;
    std::vector<db::Device> devices{};
};

class DeviceChanges final : public graphql::Source {
public:
    DeviceChanges(std::unique_ptr<Viewer> viewer, std::int64_t after) : viewer_{std::move(viewer)}, seen_{.revision = after} {}

    Task<std::expected<std::optional<Value>, FieldError>> next() override {
        for (;;) {
            auto looked = co_await viewer_->next_look();
            if (!looked) co_return std::unexpected{std::move(looked).error()};
            auto changes = co_await read();
            if (!changes && changes.error().code == Code::NotFound) co_return graphql::field_error("No such router.", "NOT_FOUND");
            if (!changes) {
                log::debug("subscription.waiting", {{"reason", changes.error().detail}});
                continue;  // What changes meanwhile is not lost: its revision is above ours.
            }
            const bool is_first = std::exchange(is_first_, false);
            const bool is_snapshot = seen_.revision == 0;
            seen_ = changes->seen;
            if (changes->devices.empty() && !is_first) continue;
            DeviceChange change{.revision = seen_.revision, .is_snapshot = is_snapshot, .devices = std::move(changes->devices)};
            co_return std::optional{Value{Object::make(std::move(change))}};
        }
    }

private:
    Task<Result<db::DeviceChanges>> read() {
        auto changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), seen_);
        if (!changes || changes->seen.revision >= seen_.revision) co_return changes;
        seen_ = {};  // The viewer is ahead of the router: it has seen another database (before a restore, say), and begins anew.
        changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), seen_);
        co_return changes;
    }

    std::unique_ptr<Viewer> viewer_;
    db::Seen seen_;
    bool is_first_ = true;
};

Task<std::expected<std::unique_ptr<graphql::Source>, FieldError>> open(const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    const auto after = arguments.get<std::optional<std::int64_t>>("after").value_or(0);
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    auto viewer = std::make_unique<Viewer>(call, *std::move(found));
    co_return std::make_unique<DeviceChanges>(std::move(viewer), after);
}

}  // namespace

void add_device_changes(graphql::Resolvers& resolvers) {
    resolvers.stream("deviceChanged", open);
    resolvers.of<DeviceChange>("DeviceChange")
        .field("revision", &DeviceChange::revision)
        .field("isSnapshot", &DeviceChange::is_snapshot)
        .field("devices", [](const DeviceChange& change) { return borrowed_list(change.devices); });
}

}  // namespace vivi::api
