// The bus on RabbitMQ: one thread and one connection each for publishing and consuming, reconnecting by themselves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"

namespace vivi::bus {

/// A queue of one consumer.
struct Queue {
    std::string name;                   ///< Empty: exclusive and gone with the connection (live updates).
    std::vector<std::string> bindings;  ///< Topic patterns: "dhcp.lease.*", "#".
    std::int64_t most_bytes =
        64 << 20;  ///< At the bound a durable queue refuses (publishers get Overflow); an exclusive one drops its oldest.
    std::uint16_t prefetch = 500;  ///< Deliveries under way before the first acknowledge.
};

/// Where the broker is and which topic exchange is spoken on ("vivi.events" on a router, "vivi.live" on the server).
struct Broker {
    std::string url;       ///< amqp://user:password@host:port/vhost
    std::string exchange;  ///< Declared durable, type topic.
    /// Durable queues that must be there before the first message: a broker confirms what no queue is bound for, and forgets it.
    std::vector<Queue> queues{};
};

/// Persistent messages, one confirm a batch. While the broker is away publish() answers Unavailable within 4 s.
class RabbitmqPublisher final : public Publisher {
public:
    RabbitmqPublisher(net::any_io_executor executor, Broker broker);
    ~RabbitmqPublisher() override;
    Task<Status> publish(std::vector<Message> batch) override;
    bool connected() const noexcept;

private:
    struct Worker;
    std::unique_ptr<Worker> worker_;
};

/// Acknowledgements are posted to the consumer's thread, which waits for the socket and for them at once.
class RabbitmqSubscriber final : public Subscriber, public Bindings {
public:
    RabbitmqSubscriber(net::any_io_executor executor, Broker broker, Queue queue);
    ~RabbitmqSubscriber() override;
    Task<std::vector<Delivery>> next(std::size_t at_most) override;
    void acknowledge(std::uint64_t tag) override;
    void bind(const std::vector<std::string>& patterns) override;
    void unbind(const std::vector<std::string>& patterns) override;
    bool connected() const noexcept;

private:
    struct Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace vivi::bus
