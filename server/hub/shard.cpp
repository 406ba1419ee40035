// Starting, telling and ending the threads of sessions.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/shard.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace vivi::hub {

Shard::Shard(Services& services, const std::string& redis_url, Fleet::Others others)
    : redis_{io_.get_executor(), {redis_url}}, fleet_{services, redis_, std::move(others)}, sessions_{io_.get_executor()} {}

Shard::~Shard() {
    if (thread_.joinable()) thread_.join();
}

void Shard::start(std::move_only_function<Task<>(Shard&)> session) {
    ++load_;  // Now: whoever comes next at once is to see it.
    net::post(io_, [this, session = std::move(session)]() mutable {
        if (is_open_)
            sessions_.start(counted(session(*this)));
        else
            --load_;
    });
}

Task<> Shard::counted(Task<> session) {
    struct Loaded {
        std::atomic<std::size_t>& load;
        explicit Loaded(std::atomic<std::size_t>& of) : load{of} {}
        ~Loaded() { --load; }
    };
    const Loaded loaded{load_};
    co_await std::move(session);
}

void Shard::tell(std::function<void(Fleet&)> what) {
    net::post(io_, [this, what = std::move(what)] { what(fleet_); });
}

Task<> Shard::live() { co_await together(sessions_.run(), fleet_.look()); }

void Shard::run(std::function<void()> ended) {
    const auto over = [this](std::exception_ptr thrown) {
        if (is_open_) failure_ = std::move(thrown);  // Else it is only its cancellation.
        is_open_ = false;
        io_.stop();
    };
    net::co_spawn(io_, live(), net::bind_cancellation_slot(stopped_.slot(), over));
    thread_ = std::thread{[this, ended = std::move(ended)] {
        io_.run();
        ended();
    }};
}

void Shard::stop() {
    net::post(io_, [this] {
        is_open_ = false;
        stopped_.emit(net::cancellation_type::terminal);
    });
}

Shards::Shards(net::any_io_executor executor, std::size_t count, Services& services, const std::string& redis_url)
    : services_{services}, ended_{std::make_shared<Signal>(executor)}, executor_{std::move(executor)} {
    for (std::size_t i = 0; i < count; ++i) {
        const Fleet::Others others = [this, i](const std::function<void(Fleet&)>& what) { tell_others(shards_[i].get(), what); };
        shards_.push_back(std::make_unique<Shard>(services, redis_url, others));
    }
}

Task<> Shards::run() {
    const auto state = co_await net::this_coro::cancellation_state;
    for (const auto& shard : shards_) {
        ++running_;
        shard->run([this, executor = executor_, ended = ended_] {
            net::post(executor, [this, ended] {
                --running_;
                ended->notify();
            });
        });
    }
    while (running_ == shards_.size() && state.cancelled() == net::cancellation_type::none) co_await ended_->wait();

    // From here on we are not to be interrupted: what was started is seen to its end.
    const bool was_cancelled = state.cancelled() != net::cancellation_type::none;
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    for (const auto& shard : shards_) shard->stop();
    while (running_ > 0) co_await ended_->wait();
    if (const auto thrown = failure(); thrown && !was_cancelled) std::rethrow_exception(thrown);
    throw boost::system::system_error{net::error::operation_aborted};
}

std::exception_ptr Shards::failure() const {
    for (const auto& shard : shards_) {
        if (shard->failure()) return shard->failure();
    }
    return {};
}

Shard& Shards::least_busy() {
    return **std::ranges::min_element(shards_, {}, [](const auto& shard) { return shard->load(); });
}

std::vector<std::size_t> Shards::loads() const {
    std::vector<std::size_t> loads;
    for (const auto& shard : shards_) loads.push_back(shard->load());
    return loads;
}

bool Shards::has_redis() const {
    return std::ranges::all_of(shards_, [](const auto& shard) { return shard->has_redis(); });
}

Task<> Shards::listen(bus::Subscriber& subscriber) {
    for (;;) {
        const auto deliveries = co_await subscriber.next(100);
        services_.counts.wakeups += deliveries.size();
        for (const auto& delivery : deliveries)
            tell_others(nullptr, [message = delivery.message](Fleet& fleet) { fleet.hear(message); });
        if (!deliveries.empty()) subscriber.acknowledge(deliveries.back().tag);
    }
}

void Shards::tell_others(const Shard* except, const std::function<void(Fleet&)>& what) {
    for (const auto& shard : shards_) {
        if (shard.get() != except) shard->tell(what);
    }
}

}  // namespace vivi::hub
