// What pcapd has said but the broker has not confirmed: kept, numbered, sent again unchanged, and bounded by merging.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"

namespace vivi::pcapd {

struct OutgoingLimits {
    std::size_t batches = 600;   ///< Ticks that wait while the broker is away.
    std::size_t rows = 200'000;  ///< Of all of them.
    std::size_t events = 64;     ///< Other events that wait; of them the oldest that is no report on a configuration goes.
    std::size_t body_bytes = 512 * 1024;  ///< A batch that would be larger goes as several messages.
    std::size_t batches_at_once = 16;     ///< Under one confirm.
};

/// Sums: of the messages that the broker confirmed.
struct Confirmed {
    std::uint64_t batches = 0;
    std::uint64_t bytes_up = 0;
    std::uint64_t bytes_down = 0;
};

/// Adds `later` to `into`: ticks, packet counts, and rows of the same device, name and source.
void merge(model::TrafficBatch& into, model::TrafficBatch later);
/// Gives up names, then devices, until there are at most `most_rows` rows; the sums stay.
void coarsen(model::TrafficBatch& batch, std::size_t most_rows);

/// Each message gets its number when it is first sent, and keeps number and bytes until confirmed(): the receiver can drop what
/// it already has. What was never sent has no number yet, and at the bound neighbouring ticks are merged instead of dropped.
class Outgoing {
public:
    struct Message {
        std::string topic;
        std::string body;
    };

    explicit Outgoing(std::string instance, OutgoingLimits limits = {}) : instance_{std::move(instance)}, limits_{limits} {}

    void add(model::TrafficBatch batch, WallTime at);
    /// Merged with those that wait.
    void add(model::PolicyHits hits, WallTime at);
    /// `members`: an object with what the event has beside the envelope.
    void add(std::string_view topic, model::Json members, WallTime at);

    bool is_empty() const noexcept { return under_way_.empty() && batches_.empty() && events_.empty() && !hits_; }
    /// What to publish now; the same until confirmed(). Empty when there is nothing.
    const std::vector<Message>& next();
    /// The broker holds all of what next() gave.
    void confirmed();

    /// Batches that are not confirmed: waiting, and under way.
    std::size_t waiting() const noexcept { return batches_.size() + under_way_totals_.batches; }
    std::uint64_t merged() const noexcept { return merged_; }
    const Confirmed& totals() const noexcept { return totals_; }

private:
    struct Waiting {
        model::TrafficBatch batch;
        WallTime at{};
    };
    struct Event {
        std::string topic;
        model::Json members;
        WallTime at{};
    };

    void number(std::string_view topic, const model::Json& members, WallTime at);
    void number(Waiting waiting);
    void hold_bounds();
    std::size_t rows() const noexcept;

    std::string instance_;
    OutgoingLimits limits_;
    std::uint64_t last_number_ = 0;
    std::deque<Waiting> batches_{};
    std::deque<Event> events_{};
    std::optional<model::PolicyHits> hits_{};
    WallTime hits_at_{};
    std::vector<Message> under_way_{};
    Confirmed under_way_totals_{};
    Confirmed totals_{};
    std::uint64_t merged_ = 0;
};

}  // namespace vivi::pcapd
