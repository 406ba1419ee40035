// deviceChanged: a snapshot, then what changed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
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
/// Rates that ran out are looked for from the beginning of a second on: viewers who looked in the same second stand at the same
/// place, and a device whose rate ran out in it comes twice at most.
constexpr std::int64_t moment_us = 1'000'000;

class DeviceChanges final : public graphql::SharedSource {
public:
    DeviceChanges(std::unique_ptr<Viewer> viewer, std::int64_t after)
        : viewer_{std::move(viewer)}, place_{std::make_shared<const Place>(Place{.seen = {.revision = after}})} {}

    Task<std::expected<std::uint64_t, FieldError>> wait() override {
        if (place_->has_parts()) {
            co_await after(between_parts);
            co_return heard_;
        }
        auto looked = co_await viewer_->next_look();
        if (looked) heard_ = *looked;
        co_return looked;
    }

    std::string standing() const override {
        return viewer_->view() + '/' + std::to_string(place_->seen.revision) + '@' + std::to_string(place_->seen.at_us) +
               (place_->is_first ? "+" : "-") + std::to_string(place_->next);
    }

    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        auto place = *place_;
        if (!place.has_parts()) {
            auto changes = co_await read(place.seen);
            if (!changes && changes.error().code == Code::NotFound)
                co_return graphql::field_error("No such router.", "NOT_FOUND");
            if (!changes) {
                // What changes meanwhile is not lost: its revision is above ours.
                log::debug("subscription.waiting", {{"reason", changes.error().detail}});
                co_return std::nullopt;
            }
            prepare(place, *std::move(changes));
        }
        if (!place.has_parts()) {
            place_ = std::make_shared<const Place>(std::move(place));
            co_return std::nullopt;
        }
        const auto& part = (*place.parts)[place.next++];
        held_ = place.parts;
        if (!place.has_parts()) place = {.seen = place.seen, .is_first = false};
        place_ = std::make_shared<const Place>(std::move(place));
        co_return std::optional{Value{Object::borrowed(part)}};
    }

    std::shared_ptr<const void> position() const override { return place_; }
    void move_to(const std::shared_ptr<const void>& position) override {
        place_ = std::static_pointer_cast<const Place>(position);
    }

private:
    using Parts = std::vector<DeviceChange>;
    /// How far a viewer has seen, and what of the last look is still to be given. Shared by all who stand there.
    struct Place {
        db::Seen seen{};
        bool is_first = true;
        std::shared_ptr<const Parts> parts{};  // Shared: read once for all.
        std::size_t next = 0;
        bool has_parts() const { return parts && next < parts->size(); }
    };

    Task<Result<db::DeviceChanges>> read(db::Seen seen) {
        auto changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), seen);
        if (!changes || changes->seen.revision >= seen.revision) co_return changes;
        // The viewer is ahead of the router: it has seen another database (before a restore, say), and begins anew.
        changes = co_await db::device_changes(viewer_->pool(), viewer_->tenant(), viewer_->router(), {});
        co_return changes;
    }

    /// The first answer comes even when it is empty: it says where the viewer stands.
    static void prepare(Place& place, db::DeviceChanges changes) {
        const bool is_anew = changes.seen.revision < place.seen.revision;
        const auto before = std::exchange(place.seen, changes.seen).revision * (is_anew ? 0 : 1);
        place.seen.at_us -= place.seen.at_us % moment_us;
        auto& devices = changes.devices;
        if (devices.empty() && !place.is_first) return;
        Parts parts;
        for (std::size_t from = 0; from == 0 || from < devices.size(); from += most_in_a_part) {
            const auto to = std::min(devices.size(), from + most_in_a_part);
            const bool is_last = to == devices.size();
            DeviceChange part{.revision = is_last ? place.seen.revision : before, .is_snapshot = before == 0 && from == 0};
            part.devices.assign(std::make_move_iterator(devices.begin() + static_cast<std::ptrdiff_t>(from)),
                                std::make_move_iterator(devices.begin() + static_cast<std::ptrdiff_t>(to)));
            parts.push_back(std::move(part));
        }
        place.parts = std::make_shared<const Parts>(std::move(parts));
        place.next = 0;
        place.is_first = false;
    }

    std::unique_ptr<Viewer> viewer_;
    std::shared_ptr<const Place> place_;
    std::shared_ptr<const Parts> held_{};  ///< What the event being executed borrows from.
    std::uint64_t heard_ = 0;
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
