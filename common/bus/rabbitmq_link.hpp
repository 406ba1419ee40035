// One connection with one channel to RabbitMQ: blocking verbs with a deadline each. The only home of rabbitmq-c.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "common/bus/rabbitmq.hpp"
#include "common/core/time.hpp"
#include "common/core/url.hpp"

namespace vivi::bus {

/// The broker answered for messages published with confirms.
struct Confirmed {
    std::uint64_t tag = 0;
    bool multiple = false;  ///< For every tag up to this one.
    bool refused = false;   ///< basic.nack: a queue is at its bound.
};

/// A whole message came in.
struct Arrived {
    Message message{};
    std::uint64_t tag = 0;  ///< The broker's, of this connection.
};

struct Nothing {};
using Incoming = std::variant<Nothing, Confirmed, Arrived>;

/// Wakes a thread that waits in Link::wait: an eventfd.
class Wake {
public:
    Wake();
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;
    /// From any thread.
    void notify() noexcept;
    /// Waits at most `most`, alone.
    void wait(Milliseconds most) noexcept;
    void drain() noexcept;
    int fd() const noexcept { return fd_; }

private:
    int fd_;
};

/// Throws Fatal (configuration) when the URL is not amqp://….
Url broker_url(const std::string& text);

/// Not thread-safe: lives on its worker's thread. After an error the link is of no use; make another.
class Link {
public:
    /// Connects, logs in, opens the channel and declares the exchange and the broker's queues; 3.5 s for all of it.
    static Result<Link> open(const Url& url, const Broker& broker, const std::stop_token& stop);
    Link(Link&&) noexcept;
    Link& operator=(Link&&) noexcept;
    ~Link();

    Status start_confirms();
    /// Declares the queue, binds it and begins to consume.
    Status start_consuming(const std::string& exchange, const Queue& queue);
    /// Adds a pattern to the queue that is consumed, or takes it away; 2 s.
    Status bind(const std::string& exchange, const std::string& pattern);
    Status unbind(const std::string& exchange, const std::string& pattern);

    /// Hands one message to the socket, persistent. Its tag is one more than that of the message before.
    Status send(const std::string& exchange, const Message& message);
    /// Everything up to and including the broker's tag.
    Status acknowledge(std::uint64_t tag);
    /// One frame, if there is one within `most`; keeps the heartbeat (10 s) going.
    Result<Incoming> receive(Milliseconds most);
    /// Says that we live without reading: for a consumer under back-pressure.
    Status heartbeat();
    /// Waits for the socket, for `wake`, or for `most`. With `read` false only for the latter two.
    void wait(const Wake& wake, Milliseconds most, bool read);

private:
    struct State;
    /// Gives the queue's name, which the broker chose when we gave none.
    Result<std::string> declare(const std::string& exchange, const Queue& queue);
    explicit Link(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace vivi::bus
