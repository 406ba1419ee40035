// Publishing to RabbitMQ: a thread with a connection of its own, one wait for confirms a batch.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <deque>
#include <mutex>
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

constexpr std::size_t most_waiting_batches = 64;
constexpr Milliseconds confirmed_within{3'500};
constexpr Milliseconds idle_poll{1'000};  ///< Heartbeats are sent and missed ones noticed at this pace.

/// A batch on its way to the thread, and the way its outcome comes back. Shared: whoever waits may be cancelled first.
struct Request {
    using Outcome = net::experimental::concurrent_channel<void(boost::system::error_code, Status)>;
    Request(const net::any_io_executor& executor, std::vector<Message> messages)
        : batch{std::move(messages)}, outcome{executor, 1} {}

    void answer(Status status) { outcome.try_send(boost::system::error_code{}, std::move(status)); }

    std::vector<Message> batch;
    Outcome outcome;
};
using RequestPointer = std::shared_ptr<Request>;

}  // namespace

struct RabbitmqPublisher::Worker {
    Worker(net::any_io_executor loop, Broker to) : executor{std::move(loop)}, broker{std::move(to)}, url{broker_url(broker.url)} {
        thread = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    }
    ~Worker() {
        thread.request_stop();
        wake.notify();
        thread.join();
    }

    void run(const std::stop_token& stop);
    /// Serves requests until the connection is lost or the stop; says why it was lost.
    Status serve(Link& link, const std::stop_token& stop);
    Status publish(Link& link, Confirms& confirms, const std::vector<Message>& batch, const std::stop_token& stop);
    void refuse_waiting(const std::string& reason);
    RequestPointer next_request();

    net::any_io_executor executor;
    Broker broker;
    Url url;
    Wake wake;
    std::mutex mutex;
    std::deque<RequestPointer> waiting;  // Guarded by mutex.
    std::string away{};                  // Guarded by mutex: why the broker cannot be reached; empty when it can, or at first.
    std::atomic<bool> up = false;
    std::jthread thread{};  // Last: it uses all of the above.
};

void RabbitmqPublisher::Worker::run(const std::stop_token& stop) {
    Backoff backoff{Milliseconds{100}, Milliseconds{2'000}};
    bool was_up = true;  // The first failure is told; the tries after it only to a developer.
    while (!stop.stop_requested()) {
        auto link = Link::open(url, broker, stop);
        auto ended = link ? link->start_confirms() : Status{std::unexpected{link.error()}};
        if (ended) {
            backoff.reset();
            was_up = true;
            {
                const std::scoped_lock lock{mutex};
                away.clear();
            }
            up = true;
            log::info("broker.connected", {{"exchange", broker.exchange}, {"for", "publishing"}});
            ended = serve(*link, stop);
            up = false;
        }
        if (stop.stop_requested()) break;
        const auto wait = backoff.next(crypto::random_u32());
        if (std::exchange(was_up, false))
            log::warn("broker.lost", {{"exchange", broker.exchange},
                                      {"for", "publishing"},
                                      {"retry_in_ms", wait.count()},
                                      {"reason", ended.error().detail}});
        else
            log::debug("broker.away", {{"exchange", broker.exchange},
                                       {"for", "publishing"},
                                       {"retry_in_ms", wait.count()},
                                       {"reason", ended.error().detail}});
        refuse_waiting(ended.error().detail);
        const auto until = now() + wait;
        while (!stop.stop_requested() && now() < until) wake.wait(std::chrono::ceil<Milliseconds>(until - now()));
    }
    refuse_waiting("this process is stopping");
}

RequestPointer RabbitmqPublisher::Worker::next_request() {
    const std::scoped_lock lock{mutex};
    if (waiting.empty()) return nullptr;
    auto request = std::move(waiting.front());
    waiting.pop_front();
    return request;
}

Status RabbitmqPublisher::Worker::serve(Link& link, const std::stop_token& stop) {
    Confirms confirms;
    while (!stop.stop_requested()) {
        wake.drain();
        if (const auto request = next_request()) {
            auto outcome = publish(link, confirms, request->batch, stop);
            request->answer(outcome);
            if (!outcome && outcome.error().code == Code::Unavailable) return outcome;
            continue;
        }
        link.wait(wake, idle_poll, /*read=*/true);
        if (auto idle = link.receive(Milliseconds{0}); !idle) return std::unexpected{std::move(idle).error()};
    }
    return {};
}

Status RabbitmqPublisher::Worker::publish(Link& link, Confirms& confirms, const std::vector<Message>& batch,
                                          const std::stop_token& stop) {
    for (const auto& message : batch) {
        if (stop.stop_requested()) return failed(Code::Unavailable, "this process is stopping");
        if (auto sent = link.send(broker.exchange, message); !sent) return sent;
        confirms.sent();
    }
    auto deadline = now() + confirmed_within;  // A broker that confirms something is slow, not away.
    while (!confirms.all_answered()) {
        if (stop.stop_requested()) return failed(Code::Unavailable, "this process is stopping");
        if (now() >= deadline)
            return failed(Code::Unavailable, "the broker confirmed nothing for 3.5 s (out of memory or disk?)");
        auto got = link.receive(Milliseconds{100});
        if (!got) return std::unexpected{std::move(got).error()};
        if (const auto* const answer = std::get_if<Confirmed>(&*got)) {
            deadline = now() + confirmed_within;
            if (answer->refused)
                confirms.refused(answer->tag, answer->multiple);
            else
                confirms.acknowledged(answer->tag, answer->multiple);
        }
    }
    if (confirms.take_refused()) return failed(Code::Overflow, "a queue of exchange " + broker.exchange + " is at its bound");
    return {};
}

void RabbitmqPublisher::Worker::refuse_waiting(const std::string& reason) {
    std::deque<RequestPointer> refused;
    {
        const std::scoped_lock lock{mutex};
        away = reason;
        refused.swap(waiting);
    }
    for (const auto& request : refused) request->answer(failed(Code::Unavailable, reason));
}

RabbitmqPublisher::RabbitmqPublisher(net::any_io_executor executor, Broker broker)
    : worker_{std::make_unique<Worker>(std::move(executor), std::move(broker))} {}
RabbitmqPublisher::~RabbitmqPublisher() = default;

bool RabbitmqPublisher::connected() const noexcept { return worker_->up; }

Task<Status> RabbitmqPublisher::publish(std::vector<Message> batch) {
    if (batch.empty()) co_return Status{};
    for (const auto& message : batch) {
        if (message.body.size() > max_body_bytes)
            co_return failed(Code::Invalid,
                             message.topic + ": a message of " + std::to_string(message.body.size()) + " bytes is over 1 MiB");
        if (message.topic.size() > 255) co_return failed(Code::Invalid, "a topic is over 255 bytes");
    }
    const auto request = std::make_shared<Request>(worker_->executor, std::move(batch));
    {
        const std::scoped_lock lock{worker_->mutex};
        if (!worker_->away.empty()) co_return failed(Code::Unavailable, worker_->away);
        if (worker_->waiting.size() >= most_waiting_batches)
            co_return failed(Code::Overflow, "too many batches wait for the broker");
        worker_->waiting.push_back(request);
    }
    worker_->wake.notify();
    auto [cancelled, outcome] = co_await request->outcome.async_receive(as_value);
    // As every wait here says it; a channel has a word of its own.
    if (cancelled) throw boost::system::system_error{net::error::operation_aborted};
    co_return outcome;
}

}  // namespace vivi::bus
