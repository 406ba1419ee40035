// What the bridge itself has to tell: events with its own producer instance and number, kept until the outbox has them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "router/bridged/record.hpp"
#include "router/bridged/wake.hpp"

namespace vivi::bridged {

/// At most `most_waiting` wait (Redis is away for long); beyond it the oldest is dropped and counted, and shows as a gap.
class OwnEvents {
public:
    static constexpr std::size_t most_waiting = 1000;

    OwnEvents(const net::any_io_executor& executor, std::string instance) : instance_{std::move(instance)}, added_{executor} {}

    /// The envelope plus `members`. `also` is written with it.
    void add(std::string_view topic, nlohmann::json members, StateFields also = {});

    struct Waiting {
        Record record{};
        StateFields also{};
    };
    const std::deque<Waiting>& waiting() const noexcept { return waiting_; }
    /// The outbox has everything up to this number.
    void drop_up_to(std::uint64_t number);

    std::uint64_t dropped() const noexcept { return dropped_; }
    const std::string& instance() const noexcept { return instance_; }
    Wake& added() noexcept { return added_; }

    /// An event of ours that somebody else appends, as of `at`; under an instance of its own, so that no number is missed here.
    Record for_outbox(std::string_view topic, nlohmann::json members, WallTime at);
    /// An event of ours for the bus, which others hear and the outbox does not.
    Record for_bus(std::string_view topic, nlohmann::json members);

private:
    std::string instance_;
    std::uint64_t number_ = 0;
    std::uint64_t bus_number_ = 0;
    std::uint64_t outbox_number_ = 0;
    std::uint64_t dropped_ = 0;
    std::deque<Waiting> waiting_;
    Wake added_;
};

}  // namespace vivi::bridged
