// The bus in memory, for tests and dry runs: what is published is heard by every subscriber whose patterns match.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"

namespace vivi::bus {

/// One loop, one thread. `fail_next` makes publish() answer Unavailable, as a broker that is away does.
class Memory final : public Publisher {
public:
    explicit Memory(net::any_io_executor executor) : executor_{std::move(executor)} {}

    Task<Status> publish(std::vector<Message> batch) override;
    /// A subscriber of this bus; it must not outlive it.
    std::unique_ptr<Subscriber> subscribe(std::vector<std::string> bindings);
    const std::vector<Message>& published() const noexcept { return published_; }
    void fail_next(int times) noexcept { failures_ = times; }

    struct Queue;

private:
    net::any_io_executor executor_;
    std::vector<Message> published_;
    std::vector<std::shared_ptr<Queue>> queues_;  // Shared: the bus fills it, the subscriber empties it, either may go first.
    int failures_ = 0;
};

/// AMQP topic matching: words between dots, * is one word, # is any number of them.
bool topic_matches(std::string_view pattern, std::string_view topic);

}  // namespace vivi::bus
