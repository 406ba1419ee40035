// HGETALL, read as leases.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/lease_watch.hpp"

#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/state/keys.hpp"

namespace vivi::dnsd {
namespace {

constexpr Seconds between_looks{30}, between_tries{1};
constexpr Milliseconds shortest{100};

}  // namespace

LeaseWatch::LeaseWatch(const net::any_io_executor& executor, store::Store& store,
                       std::function<void(std::vector<model::Lease>)> changed)
    : store_{store}, changed_{std::move(changed)}, woken_{executor} {}

void LeaseWatch::wake() {
    is_wanted_ = true;
    woken_.notify();
}

Task<> LeaseWatch::run() {
    for (;;) {
        is_wanted_ = false;
        const bool is_answered = co_await look();
        co_await after(shortest);
        const auto next = now() + (is_answered ? between_looks : between_tries);
        if (!is_wanted_) co_await woken_.wait_until(next);
    }
}

Task<bool> LeaseWatch::look() {
    store::Command command{"HGETALL", state::key::leases.text()};
    const auto reply = co_await store_.run(std::move(command));
    if (!reply) co_return false;
    std::vector<model::Lease> leases;
    for (std::size_t i = 1; i < reply->elements.size(); i += 2) {
        const auto json = model::parse_json(reply->elements[i].text);
        auto lease = json ? model::parse_lease(*json) : std::unexpected{json.error()};
        // dhcpd says what is wrong with it and puts it aside.
        if (lease)
            leases.push_back(*std::move(lease));
        else
            log::debug("lease.unreadable", {{"reason", lease.error().detail}});
    }
    count_ = leases.size();
    if (seen_ == leases) co_return true;
    seen_ = leases;
    changed_(std::move(leases));
    co_return true;
}

}  // namespace vivi::dnsd
