// The bus carries verbs: what a process says happened, and how another hears it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::bus {

struct Message {
    std::string topic;  ///< The routing key: "traffic.batch"; the catalogue is docs/protocol.md.
    std::string body;   ///< One JSON object, UTF-8, at most max_body_bytes.
};

inline constexpr std::size_t max_body_bytes = 1 << 20;

/// Where a process says what it saw. Implemented by bus::RabbitmqPublisher and, for tests, bus::Memory.
class Publisher {
public:
    virtual ~Publisher() = default;

    /// Completes once the broker holds every message of the batch, in order. Unavailable: none is known to be held and trying
    /// again is safe (receivers drop what they already had by its producer number). Overflow: a queue is at its bound.
    virtual Task<Status> publish(std::vector<Message> batch) = 0;
};

/// A queue whose topics come and go.
class Bindings {
public:
    virtual ~Bindings() = default;

    /// From any thread. Some time later, while the broker is there, the queue gets what matches; for what was published before
    /// that, look where it is kept. Survives the broker.
    virtual void bind(const std::vector<std::string>& patterns) = 0;
    virtual void unbind(const std::vector<std::string>& patterns) = 0;
};

struct Delivery {
    Message message;
    std::uint64_t tag = 0;  ///< For acknowledge(); rises within one connection.
};

/// Where a process hears what others saw. Implemented by bus::RabbitmqSubscriber and bus::Memory.
class Subscriber {
public:
    virtual ~Subscriber() = default;

    /// Waits until there is at least one delivery, then gives up to `at_most`, in order. Survives the broker: it only waits
    /// longer.
    virtual Task<std::vector<Delivery>> next(std::size_t at_most) = 0;

    /// Everything up to and including `tag` is safe one step further on. What is never acknowledged comes again after a
    /// reconnect.
    virtual void acknowledge(std::uint64_t tag) = 0;
};

}  // namespace vivi::bus
