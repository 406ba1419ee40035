// Asking a router to forget, and hearing that it has.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/returns.hpp"

#include <nlohmann/json.hpp>

#include "common/model/custody.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/custody.hpp"
#include "server/hub/api_visit.hpp"

namespace vivi::hub {
namespace {

constexpr Milliseconds look_again{500}, try_again{3'000};

struct State {
    bool is_wiping = false;
    std::optional<model::Receipt> receipt{};
};

/// NotFound: its software knows nothing of returns.
Task<Result<State>> state_of(ssh::Session& session) {
    const auto answer = co_await get(session, "/v1/return");
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->status == 404) co_return failed(Code::NotFound, "the router's software cannot be returned");
    const auto document = model::parse_json(answer->body, model::max_custody_note_bytes);
    if (answer->status != 200 || !document || !document->is_object())
        co_return failed(Code::Invalid, "/v1/return: status " + std::to_string(answer->status));
    State state{.is_wiping = document->value("state", "") == "wiping"};
    if (const auto receipt = document->find("receipt"); receipt != document->end()) {
        auto parsed = model::parse_receipt(*receipt);
        if (!parsed) co_return failed(Code::Invalid, parsed.error().front());
        state.receipt = *std::move(parsed);
    }
    co_return state;
}

Task<Status> file(ssh::Session& session, db::Pool& pool, const std::string& print, const std::string& router,
                  model::Receipt receipt) {
    const auto filed = co_await db::file_receipt(pool, print, receipt.custody, model::to_json(receipt).dump());
    if (!filed) co_return std::unexpected{filed.error()};
    log::info("return.filed", {{"router", router}, {"custody", receipt.custody}, {"by", receipt.by}, {"known", *filed}});
    const auto removed = co_await ask(session, {.method = "DELETE", .target = "/v1/return"});
    if (!removed) co_return std::unexpected{removed.error()};
    co_return Status{};
}

/// One step; nothing when all is settled, else how long to wait for the next.
Task<Result<std::optional<Milliseconds>>> step(ssh::Session& session, db::Pool& pool, const std::string& print,
                                               const std::string& router) {
    using Wait = std::optional<Milliseconds>;
    const auto open = co_await db::open_return(pool, print);
    if (!open) co_return std::unexpected{open.error()};
    const auto state = co_await state_of(session);
    if (!state && open->empty()) co_return Wait{};
    if (!state) co_return std::unexpected{state.error()};
    if (state->is_wiping) co_return Wait{look_again};
    if (state->receipt) {
        const auto filed = co_await file(session, pool, print, router, *state->receipt);
        if (!filed) co_return std::unexpected{filed.error()};
        co_return Wait{0ms};
    }
    if (open->empty()) co_return Wait{};
    log::info("return.demanded", {{"router", router}, {"custody", *open}});
    co_await demand_return(session, *open);
    co_return Wait{look_again};
}

}  // namespace

Task<> demand_return(ssh::Session& session, std::string custody) {
    const auto wish = model::to_json(model::ReturnWish{.custody = std::move(custody), .by = "server", .at = wall_now()});
    co_await post(session, "/v1/return", wish.dump());
}

Task<> settle_returns(ssh::Session& session, db::Pool& pool, std::string print, std::string router) {
    for (;;) {
        const auto wait = co_await step(session, pool, print, router);
        if (!wait) log::warn("return.waiting", {{"router", router}, {"reason", wait.error().detail}});
        if (wait && !*wait) co_return;
        co_await after(wait ? **wait : try_again);
    }
}

}  // namespace vivi::hub
