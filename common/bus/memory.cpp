// The bus in memory.
// SPDX-License-Identifier: Apache-2.0
#include "common/bus/memory.hpp"

#include <algorithm>
#include <boost/asio/experimental/channel.hpp>

namespace vivi::bus {
namespace {

constexpr std::size_t most_queued = 10'000;

/// Cuts the first word off.
std::string_view take_word(std::string_view& words) {
    const auto dot = words.find('.');
    const auto word = words.substr(0, dot);
    words = dot == std::string_view::npos ? std::string_view{} : words.substr(dot + 1);
    return word;
}

/// `*_done`: no words are left (an empty text is still one word, the empty one).
bool words_match(std::string_view pattern, bool pattern_done, std::string_view topic, bool topic_done) {
    if (pattern_done) return topic_done;
    const bool pattern_ends = pattern.find('.') == std::string_view::npos;
    const auto word = take_word(pattern);
    if (word == "#") {
        for (;;) {
            if (words_match(pattern, pattern_ends, topic, topic_done)) return true;
            if (topic_done) return false;
            topic_done = topic.find('.') == std::string_view::npos;
            take_word(topic);
        }
    }
    if (topic_done) return false;
    const bool topic_ends = topic.find('.') == std::string_view::npos;
    const auto given = take_word(topic);
    return (word == "*" || word == given) && words_match(pattern, pattern_ends, topic, topic_ends);
}

}  // namespace

bool topic_matches(std::string_view pattern, std::string_view topic) { return words_match(pattern, false, topic, false); }

struct Memory::Queue {
    Queue(const net::any_io_executor& executor, std::vector<std::string> patterns)
        : bindings{std::move(patterns)}, filled{executor, 1} {}

    bool wants(const std::string& topic) const {
        return std::ranges::any_of(bindings, [&](const std::string& pattern) { return topic_matches(pattern, topic); });
    }

    std::vector<std::string> bindings;
    std::deque<Delivery> deliveries;
    std::uint64_t last_tag = 0;
    net::experimental::channel<void(boost::system::error_code)> filled;
};

namespace {

class MemorySubscriber final : public Subscriber {
public:
    explicit MemorySubscriber(std::shared_ptr<Memory::Queue> queue) : queue_{std::move(queue)} {}

    Task<std::vector<Delivery>> next(std::size_t at_most) override {
        while (queue_->deliveries.empty()) co_await queue_->filled.async_receive(net::use_awaitable);
        std::vector<Delivery> taken;
        while (taken.size() < at_most && !queue_->deliveries.empty()) {
            taken.push_back(std::move(queue_->deliveries.front()));
            queue_->deliveries.pop_front();
        }
        co_return taken;
    }
    void acknowledge(std::uint64_t) override {}

private:
    std::shared_ptr<Memory::Queue> queue_;  // Shared with the bus, see Memory::queues_.
};

}  // namespace

Task<Status> Memory::publish(std::vector<Message> batch) {
    if (failures_ > 0) {
        --failures_;
        co_return failed(Code::Unavailable, "the broker is away");
    }
    for (const auto& queue : queues_) {
        const auto wanted = std::ranges::count_if(batch, [&](const Message& message) { return queue->wants(message.topic); });
        if (queue->deliveries.size() + static_cast<std::size_t>(wanted) > most_queued)
            co_return failed(Code::Overflow, "a queue is at its bound");
    }
    for (auto& message : batch) {
        for (const auto& queue : queues_) {
            if (!queue->wants(message.topic)) continue;
            queue->deliveries.push_back({.message = message, .tag = ++queue->last_tag});
            queue->filled.try_send(boost::system::error_code{});
        }
        published_.push_back(std::move(message));
    }
    co_return Status{};
}

std::unique_ptr<Subscriber> Memory::subscribe(std::vector<std::string> bindings) {
    const auto& queue = queues_.emplace_back(std::make_shared<Queue>(executor_, std::move(bindings)));
    return std::make_unique<MemorySubscriber>(queue);
}

}  // namespace vivi::bus
