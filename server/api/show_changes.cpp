// showChanged: an event in numbers, every two seconds when they are others.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/api/course.hpp"
#include "server/api/shown.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Value;

/// All screens look at the same moments, so that those of one event share what one of them saw.
constexpr Milliseconds pace{2'000};

std::string to_text(const db::ShowBoard& board) {
    std::string text;
    for (const auto number : {board.routers, board.routers_online, board.devices, board.devices_online, board.bytes_up,
                              board.bytes_down, board.rate_up, board.rate_down})
        text += std::to_string(number) + ' ';
    return text + board.event_name;
}

class ShowChanges final : public graphql::SharedSource {
public:
    ShowChanges(Call& call, ShownBoard shown)
        : call_{call}, place_{std::move(shown.place)}, last_{std::make_shared<const std::string>()} {}

    Task<std::expected<std::uint64_t, FieldError>> wait() override {
        const auto since = std::chrono::duration_cast<Milliseconds>(now().time_since_epoch());
        const auto left = pace - since % pace;
        const bool is_first = last_->empty();
        if (!is_first) co_await after(left);
        co_return static_cast<std::uint64_t>((since + (is_first ? Milliseconds{0} : left)) / pace);
    }

    std::string standing() const override {
        return place_.organisation + '/' + place_.event + '/' + (may(call_, auth::Right::Show, place_) ? '+' : '-') + *last_;
    }

    Task<std::expected<std::optional<Value>, FieldError>> look() override {
        // The account is read again when somebody's access changes, and a link's socket ends with it.
        if (!may(call_, auth::Right::Show, place_)) co_return graphql::field_error("No such event.", "NOT_FOUND");
        auto board = co_await db::show_board(call_.services.pool, {place_.organisation}, place_.event);
        if (!board && board.error().code == Code::NotFound) co_return graphql::field_error("No such event.", "NOT_FOUND");
        if (!board) {
            log::debug("subscription.waiting", {{"reason", board.error().detail}});
            co_return std::nullopt;
        }
        auto text = to_text(*board);
        if (text == *last_) co_return std::nullopt;
        last_ = std::make_shared<const std::string>(std::move(text));
        co_return std::optional{Value{Object::make(*std::move(board))}};
    }

    std::shared_ptr<const void> position() const override { return last_; }
    void move_to(const std::shared_ptr<const void>& position) override {
        last_ = std::static_pointer_cast<const std::string>(position);
    }

private:
    Call& call_;
    auth::Place place_;
    std::shared_ptr<const std::string> last_;  // Shared by all who saw the same.
};

Task<std::expected<std::unique_ptr<graphql::Source>, FieldError>> open(const Arguments& arguments, graphql::Context& context) {
    auto& call = context.get<Call>();
    auto shown = co_await find_board(call, arguments.get<std::optional<std::string>>("eventId"));
    if (!shown) co_return std::unexpected{std::move(shown).error()};
    if (!*shown && !call.show) {
        if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    }
    if (!*shown) co_return graphql::field_error("No such event.", "NOT_FOUND");
    co_return std::make_unique<ShowChanges>(call, **std::move(shown));
}

}  // namespace

void add_show_changes(graphql::Resolvers& resolvers) { resolvers.stream("showChanged", open); }

}  // namespace vivi::api
