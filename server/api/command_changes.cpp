// commandChanged: a command as it is, and again when something of it changed, until it is over.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.hpp"
#include "server/api/commands.hpp"
#include "server/api/ids.hpp"
#include "server/api/job_resolvers.hpp"
#include "server/api/viewer.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Value;

class CommandChanges final : public graphql::Source {
public:
    CommandChanges(std::unique_ptr<Viewer> viewer, std::string command)
        : viewer_{std::move(viewer)}, command_{std::move(command)} {}

    Task<std::expected<std::optional<Value>, FieldError>> next() override {
        while (!is_over_) {
            const auto looked = co_await viewer_->next_look();
            if (!looked) co_return std::unexpected{looked.error()};
            auto command = co_await db::command(viewer_->pool(), viewer_->tenant(), command_);
            if (!command && command.error().code == Code::NotFound)
                co_return graphql::field_error("No such command.", "NOT_FOUND");
            if (!command) {
                log::debug("subscription.waiting", {{"reason", command.error().detail}});
                continue;
            }
            auto seen = std::string{model::to_string(command->state)} + '/' +
                        (command->progress ? std::to_string(*command->progress) : "") + '/' + command->detail;
            if (seen == seen_) continue;
            seen_ = std::move(seen);
            is_over_ = model::is_over(command->state);
            co_return std::optional{Value{Object::make(*std::move(command))}};
        }
        co_return std::nullopt;
    }

private:
    std::unique_ptr<Viewer> viewer_;
    std::string command_;  ///< uuid
    std::string seen_{};
    bool is_over_ = false;
};

Task<std::expected<std::unique_ptr<graphql::Source>, FieldError>> open(const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    const auto found = co_await find_command(call, arguments.get<std::string>("commandId"));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return graphql::field_error("No such command.", "NOT_FOUND");
    auto router = co_await require_router(call, to_id("Router", (*found)->command.router));
    if (!router) co_return std::unexpected{std::move(router).error()};
    auto viewer = std::make_unique<Viewer>(call, *std::move(router), Viewer::Pull::None);
    co_return std::make_unique<CommandChanges>(std::move(viewer), (*found)->command.id);
}

}  // namespace

void add_command_changes(graphql::Resolvers& resolvers) { resolvers.stream("commandChanged", open); }

}  // namespace vivi::api
