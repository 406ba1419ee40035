// Waking the ears of a router.
// SPDX-License-Identifier: Apache-2.0
#include "server/live/wakeups.hpp"

#include <utility>

#include "common/runtime/log.hpp"
#include "server/live/messages.hpp"

namespace vivi::live {

constexpr std::size_t at_once = 200;

Ear::Ear(std::shared_ptr<Ears> all, std::string router, net::any_io_executor executor)
    : all_{std::move(all)}, router_{std::move(router)}, timer_{std::move(executor)} {}

Ear::~Ear() {
    const auto found = all_->find(router_);
    if (found == all_->end()) return;
    std::erase(found->second, this);
    if (found->second.empty()) all_->erase(found);
}

Task<std::uint64_t> Ear::wait(Milliseconds at_most) {
    if (!is_pending_) {
        timer_.expires_after(at_most);
        const auto [error] = co_await timer_.async_wait(as_value);
        // wake() cancels the timer too; only a cancellation of this coroutine is one.
        const auto state = co_await net::this_coro::cancellation_state;
        if (error && !is_pending_ && state.cancelled() != net::cancellation_type::none)
            throw boost::system::system_error{net::error::operation_aborted};
    }
    is_pending_ = false;
    co_return heard_;
}

void Ear::wake(std::uint64_t number) {
    heard_ = number;
    is_pending_ = true;
    timer_.cancel();
}

std::unique_ptr<Ear> Wakeups::listen(std::string router) {
    std::unique_ptr<Ear> ear{new Ear{ears_, std::move(router), executor_}};
    ear->heard_ = number_;
    (*ears_)[ear->router_].push_back(ear.get());
    return ear;
}

void Wakeups::wake(const std::string& router) {
    ++number_;
    const auto found = ears_->find(router);
    if (found == ears_->end()) return;
    for (auto* ear : found->second) ear->wake(number_);
}

Task<> Wakeups::run(bus::Subscriber& subscriber) {
    for (;;) {
        const auto deliveries = co_await subscriber.next(at_once);
        for (const auto& delivery : deliveries) {
            if (const auto changed = parse_changed(delivery.message))
                wake(changed->router);
            else
                log::warn("live.unreadable", {{"topic", delivery.message.topic}});
        }
        if (!deliveries.empty()) subscriber.acknowledge(deliveries.back().tag);
    }
}

std::size_t Wakeups::ears() const noexcept {
    std::size_t count = 0;
    for (const auto& [router, ears] : *ears_) count += ears.size();
    return count;
}

}  // namespace vivi::live
