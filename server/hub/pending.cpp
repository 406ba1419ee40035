// Codes to show, and the look for whoever typed one.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/pending.hpp"

#include "common/core/claim_code.hpp"
#include "common/core/crypto.hpp"
#include "common/model/custody.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/custody.hpp"
#include "server/hub/api_visit.hpp"
#include "server/hub/fleet.hpp"
#include "server/hub/returns.hpp"

namespace vivi::hub {
namespace {

constexpr Milliseconds look_every{3'000};      // The wake-up may be lost; the router is its owner's within 5 s all the same.
constexpr int looks_between_notes = 5;         // "Seen", every 15 s.
constexpr Milliseconds rotate_before{60'000};  // There is always a code that works.
constexpr Milliseconds try_again{5'000};
constexpr Seconds most_holding{3'600};

}  // namespace

PendingRouter::PendingRouter(net::any_io_executor executor, ssh::Session& session, db::Enrolment enrolment, std::string print,
                             Services& services, Fleet& fleet)
    : session_{session},
      enrolment_{std::move(enrolment)},
      print_{std::move(print)},
      services_{services},
      fleet_{fleet},
      serial_{++services.counts.held},
      news_{executor},
      over_{executor} {}

Task<std::optional<db::Enrolment>> PendingRouter::run() {
    const Present present{services_.counts.pending_now};
    const Heard heard{services_.hearing, router()};
    fleet_.hold(*this);
    std::exception_ptr failure;
    co_await caught(together(connection(), until_over(), show_codes(), watch_for_claim()), failure);
    fleet_.release(*this);
    if (failure) std::rethrow_exception(failure);
    log::info("pending.ended", {{"router", router()},
                                {"claimed", claimed_.has_value()},
                                {"reason", claimed_ ? std::string{"somebody has it now"} : why_->detail}});
    if (!claimed_) session_.disconnect(why_->detail);
    co_return claimed_;
}

void PendingRouter::end(Error why) {
    if (!why_) why_ = std::move(why);
    over_.notify();
}

void PendingRouter::leave(Error why) { end(std::move(why)); }

Task<> PendingRouter::connection() { end(co_await session_.run()); }

Task<> PendingRouter::until_over() {
    const auto until = now() + most_holding;
    while (!why_ && !claimed_ && now() < until) co_await over_.wait_until(until);
    if (!claimed_) end({Code::Timeout, "nobody claimed this router within an hour; come back"});
}

Task<bool> PendingRouter::show(std::string code, WallTime ends) {
    const auto body = model::to_json(model::ShownCode{.code = std::move(code), .expires_at = ends});
    const auto shown = co_await post(session_, "/v1/claim-code", body.dump());
    if (shown && shown->status == 200) co_return true;
    log::debug("pending.unshown",
               {{"router", router()}, {"reason", shown ? "status " + std::to_string(shown->status) : shown.error().detail}});
    co_return false;
}

/// A new code each half an hour. Only its hash is kept here and in PostgreSQL.
Task<> PendingRouter::show_codes() {
    co_await settle_returns(session_, services_.pool, print_, router());  // The next customer finds nothing of the last.
    for (;;) {
        const auto code = make_claim_code(crypto::random_bytes(claim_code_characters));
        const auto ends = co_await db::offer_claim_code(services_.pool, print_, db::claim_code_hash(*parse_claim_code(code)));
        if (!ends) {
            log::debug("pending.unoffered", {{"router", router()}, {"reason", ends.error().detail}});
            co_await after(try_again);
            continue;
        }
        while (!co_await show(code, *ends) && wall_now() + rotate_before < *ends) co_await after(try_again);
        if (const auto rest = std::chrono::duration_cast<Milliseconds>(*ends - rotate_before - wall_now()); rest > 0ms)
            co_await after(rest);
    }
}

Task<> PendingRouter::watch_for_claim() {
    using namespace net::experimental::awaitable_operators;
    for (int looks = 1;; ++looks) {
        co_await news_.wait_until(now() + look_every);
        auto found = looks % looks_between_notes == 0 ? co_await db::note_pending(services_.pool, print_)
                                                      : co_await db::find_enrolment(services_.pool, print_);
        if (!found) continue;
        if (found->state == db::RouterState::Revoked) end({Code::Denied, "this key was revoked"});
        if (found->state != db::RouterState::Accepted) continue;
        claimed_ = *std::move(found);
        co_await (show({}, {}) || after(1s));  // The code goes away; the rest goes on without it.
        over_.notify();
    }
}

}  // namespace vivi::hub
