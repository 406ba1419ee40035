// deviceChanged: a snapshot, then what changed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <iterator>

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

// A part is at most some hundred kilobytes: a socket's queue is bounded, and a venue has thousands of devices.
constexpr std::size_t most_in_a_part = 500;
constexpr Milliseconds between_parts{100};

class DeviceChanges final : public graphql::Source {
public:
    DeviceChanges(std::unique_ptr<Viewer> viewer, std::int64_t after) : viewer_{std::move(viewer)}, seen_{.revision = after} {}

    Task<std::expected<std::optional<Value>, FieldError>> next() override {
        while (parts_.empty()) {
            auto looked = co_await viewer_->next_look();
            if (!looked) co_return std::unexpected{std::move(looked).error()};
            auto changes = co_await read();
            if (changes) {
                prepare(*std::move(changes));
            } else if (changes.error().code == Code::NotFound) {
                co_return graphql::field_error("No such router.", "NOT_FOUND");
            } else {
                // What changes meanwhile is not lost: its revision is above ours.
                log::debug("subscription.waiting", {{"reason", changes.error().detail}});
            }
        }
        if (is_between_parts_) co_await after(between_parts);
        auto part = std::move(parts_.front());
        parts_.pop_front();
        is_between_parts_ = !parts_.empty();
        co_return std::optional{Value{Object::make(std::move(part))}};
    }

private:
    Task<Result<db::DeviceChanges>> read() {
        auto changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), seen_);
        if (!changes || changes->seen.revision >= seen_.revision) co_return changes;
        seen_ = {};  // The viewer is ahead of the router: it has seen another database (before a restore, say), and begins anew.
        changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), seen_);
        co_return changes;
    }

    /// The first answer comes even when it is empty: it says where the viewer stands.
    void prepare(db::DeviceChanges changes) {
        const auto before = std::exchange(seen_, changes.seen);
        auto& devices = changes.devices;
        if (devices.empty() && !is_first_) return;
        is_first_ = false;
        for (std::size_t from = 0; from == 0 || from < devices.size(); from += most_in_a_part) {
            const auto to = std::min(devices.size(), from + most_in_a_part);
            const bool is_last = to == devices.size();
            DeviceChange part{.revision = is_last ? seen_.revision : before.revision,
                              .is_snapshot = before.revision == 0 && from == 0};
            part.devices.assign(std::make_move_iterator(devices.begin() + static_cast<std::ptrdiff_t>(from)),
                                std::make_move_iterator(devices.begin() + static_cast<std::ptrdiff_t>(to)));
            parts_.push_back(std::move(part));
        }
    }

    std::unique_ptr<Viewer> viewer_;
    db::Seen seen_;
    std::deque<DeviceChange> parts_{};  // Of one look; nothing is read before they are taken.
    bool is_first_ = true;
    bool is_between_parts_ = false;
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
