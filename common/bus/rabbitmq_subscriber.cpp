// Consuming from RabbitMQ: a thread with a connection of its own; deliveries cross to the loop through a bounded buffer.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "common/bus/confirms.hpp"
#include "common/bus/rabbitmq.hpp"
#include "common/bus/rabbitmq_link.hpp"
#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bus {
namespace {

/// At this bound frames stay in the socket, where TCP holds the broker back. In number the prefetch is the bound.
constexpr std::size_t most_buffered_bytes = 16 << 20;
constexpr Milliseconds idle_poll{1'000};
constexpr Milliseconds heartbeat_every{4'000};
constexpr std::size_t bindings_a_round = 50;  // Between them deliveries are taken.

}  // namespace

struct RabbitmqSubscriber::Worker {
    Worker(const net::any_io_executor& executor, Broker to, Queue from)
        : broker{std::move(to)}, queue{std::move(from)}, url{broker_url(broker.url)}, filled{executor, 1} {
        thread = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    }
    ~Worker() {
        thread.request_stop();
        wake.notify();
        thread.join();
    }

    void run(const std::stop_token& stop);
    Status consume(Link& link, const std::stop_token& stop);
    Status send_acknowledgements(Link& link, std::uint64_t& sent);
    /// Of the changes up to `bindings_a_round`; true when more wait.
    Result<bool> change_bindings(Link& link);
    void change(const std::vector<std::string>& patterns, bool is_bound);
    void keep(Arrived arrived);
    bool is_full();
    std::vector<Delivery> take(std::size_t at_most);

    Broker broker;
    Queue queue;
    Url url;
    Wake wake;
    std::mutex mutex;
    std::deque<Delivery> buffer;          // Guarded by mutex.
    std::size_t buffered_bytes = 0;       // Guarded by mutex.
    Tags tags;                            // Guarded by mutex.
    std::uint64_t acknowledged_tag = 0;   // Guarded by mutex.
    std::set<std::string> bound;          // Guarded by mutex: what is wished, beside queue.bindings.
    std::map<std::string, bool> changes;  // Guarded by mutex: what the broker has not been told yet; true: to bind.
    std::atomic<bool> up = false;
    net::experimental::concurrent_channel<void(boost::system::error_code)>
        filled;             ///< Holds a token when the buffer may have something.
    std::jthread thread{};  // Last: it uses all of the above.
};

void RabbitmqSubscriber::Worker::run(const std::stop_token& stop) {
    Backoff backoff{Milliseconds{100}, Milliseconds{2'000}};
    bool was_up = true;  // The first failure is told; the tries after it only to a developer.
    const auto& what = queue.name.empty() ? broker.exchange : queue.name;
    while (!stop.stop_requested()) {
        {
            // What is buffered belongs to the connection that is gone: the broker delivers it again.
            const std::scoped_lock lock{mutex};
            buffer.clear();
            buffered_bytes = 0;
            tags.reconnected();
            changes.clear();  // A queue of its own is a new one.
            for (const auto& pattern : bound) changes.emplace(pattern, true);
        }
        auto link = Link::open(url, broker, stop);
        auto ended = link ? link->start_consuming(broker.exchange, queue) : Status{std::unexpected{link.error()}};
        if (ended) {
            backoff.reset();
            was_up = true;
            up = true;
            log::info("broker.connected", {{"queue", what}, {"for", "consuming"}});
            ended = consume(*link, stop);
            up = false;
        }
        if (stop.stop_requested()) break;
        const auto wait = backoff.next(crypto::random_u32());
        if (std::exchange(was_up, false))
            log::warn("broker.lost",
                      {{"queue", what}, {"for", "consuming"}, {"retry_in_ms", wait.count()}, {"reason", ended.error().detail}});
        else
            log::debug("broker.away",
                       {{"queue", what}, {"for", "consuming"}, {"retry_in_ms", wait.count()}, {"reason", ended.error().detail}});
        const auto until = now() + wait;
        while (!stop.stop_requested() && now() < until) wake.wait(std::chrono::ceil<Milliseconds>(until - now()));
    }
}

Status RabbitmqSubscriber::Worker::consume(Link& link, const std::stop_token& stop) {
    std::uint64_t sent = 0;
    auto next_heartbeat = now() + heartbeat_every;
    for (;;) {
        wake.drain();
        if (auto told = send_acknowledgements(link, sent); !told) return told;
        if (stop.stop_requested()) return {};  // After the acknowledgements: what was handled does not come again.
        const auto more = change_bindings(link);
        if (!more) return std::unexpected{more.error()};
        const bool read = !is_full();
        link.wait(wake, *more ? Milliseconds{0} : idle_poll, read);
        if (!read) {
            if (now() < next_heartbeat) continue;
            next_heartbeat = now() + heartbeat_every;
            if (auto alive = link.heartbeat(); !alive) return alive;
            continue;
        }
        auto got = link.receive(Milliseconds{0});
        if (!got) return std::unexpected{std::move(got).error()};
        if (auto* const arrived = std::get_if<Arrived>(&*got)) keep(std::move(*arrived));
    }
}

Status RabbitmqSubscriber::Worker::send_acknowledgements(Link& link, std::uint64_t& sent) {
    std::uint64_t tag = 0;
    {
        const std::scoped_lock lock{mutex};
        tag = tags.to_broker(acknowledged_tag);
    }
    if (tag <= sent) return {};
    sent = tag;
    return link.acknowledge(tag);
}

void RabbitmqSubscriber::Worker::change(const std::vector<std::string>& patterns, bool is_bound) {
    {
        const std::scoped_lock lock{mutex};
        for (const auto& pattern : patterns) {
            if (is_bound)
                bound.insert(pattern);
            else
                bound.erase(pattern);
            changes[pattern] = is_bound;
        }
    }
    wake.notify();
}

Result<bool> RabbitmqSubscriber::Worker::change_bindings(Link& link) {
    for (std::size_t done = 0; done < bindings_a_round; ++done) {
        std::map<std::string, bool>::node_type next;
        {
            const std::scoped_lock lock{mutex};
            if (changes.empty()) return false;
            next = changes.extract(changes.begin());
        }
        const auto told = next.mapped() ? link.bind(broker.exchange, next.key()) : link.unbind(broker.exchange, next.key());
        if (!told) return std::unexpected{told.error()};
    }
    return true;
}

void RabbitmqSubscriber::Worker::keep(Arrived arrived) {
    bool was_empty = false;
    {
        const std::scoped_lock lock{mutex};
        was_empty = buffer.empty();
        buffered_bytes += arrived.message.body.size();
        buffer.push_back({.message = std::move(arrived.message), .tag = tags.give(arrived.tag)});
    }
    if (was_empty) filled.try_send(boost::system::error_code{});
}

bool RabbitmqSubscriber::Worker::is_full() {
    const std::scoped_lock lock{mutex};
    return buffered_bytes >= most_buffered_bytes;
}

std::vector<Delivery> RabbitmqSubscriber::Worker::take(std::size_t at_most) {
    std::vector<Delivery> taken;
    bool was_full = false;
    {
        const std::scoped_lock lock{mutex};
        was_full = buffered_bytes >= most_buffered_bytes;
        while (taken.size() < at_most && !buffer.empty()) {
            buffered_bytes -= buffer.front().message.body.size();
            taken.push_back(std::move(buffer.front()));
            buffer.pop_front();
        }
    }
    if (was_full) wake.notify();
    return taken;
}

RabbitmqSubscriber::RabbitmqSubscriber(net::any_io_executor executor, Broker broker, Queue queue)
    : worker_{std::make_unique<Worker>(executor, std::move(broker), std::move(queue))} {}
RabbitmqSubscriber::~RabbitmqSubscriber() = default;

bool RabbitmqSubscriber::connected() const noexcept { return worker_->up; }

Task<std::vector<Delivery>> RabbitmqSubscriber::next(std::size_t at_most) {
    for (;;) {
        auto taken = worker_->take(at_most);
        if (!taken.empty()) co_return taken;
        co_await worker_->filled.async_receive(net::use_awaitable);
    }
}

void RabbitmqSubscriber::bind(const std::vector<std::string>& patterns) { worker_->change(patterns, true); }
void RabbitmqSubscriber::unbind(const std::vector<std::string>& patterns) { worker_->change(patterns, false); }

void RabbitmqSubscriber::acknowledge(std::uint64_t tag) {
    {
        const std::scoped_lock lock{worker_->mutex};
        worker_->acknowledged_tag = std::max(worker_->acknowledged_tag, tag);
    }
    worker_->wake.notify();
}

}  // namespace vivi::bus
