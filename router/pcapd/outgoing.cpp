// Numbering, splitting and merging of what waits for the broker.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/outgoing.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "router/pcapd/denials.hpp"

namespace vivi::pcapd {
namespace {

constexpr Milliseconds shortest_tick{1}, longest_tick{86'400'000};

auto identity(const model::TrafficRow& row) { return std::tie(row.device, row.name, row.source); }

void add_counts(model::TrafficRow& into, const model::TrafficRow& row) {
    into.bytes_up += row.bytes_up;
    into.bytes_down += row.bytes_down;
    into.packets_up += row.packets_up;
    into.packets_down += row.packets_down;
}

/// One row for each identity, sorted by it.
void sum_equal(std::vector<model::TrafficRow>& rows) {
    std::ranges::sort(rows, {}, identity);
    std::vector<model::TrafficRow> summed;
    for (auto& row : rows) {
        if (!summed.empty() && identity(summed.back()) == identity(row))
            add_counts(summed.back(), row);
        else
            summed.push_back(std::move(row));
    }
    rows = std::move(summed);
}

/// An upper bound of a row's JSON: its names are printable ASCII, in which only the backslash of an escape doubles.
std::size_t most_bytes(const model::TrafficRow& row) {
    constexpr std::size_t members_and_numbers = 210;
    return members_and_numbers + row.name.size() + static_cast<std::size_t>(std::ranges::count(row.name, '\\'));
}

}  // namespace

void merge(model::TrafficBatch& into, model::TrafficBatch later) {
    into.tick += later.tick;
    into.captured += later.captured;
    into.dropped += later.dropped;
    into.rows.insert(into.rows.end(), std::make_move_iterator(later.rows.begin()), std::make_move_iterator(later.rows.end()));
    sum_equal(into.rows);
}

void coarsen(model::TrafficBatch& batch, std::size_t most_rows) {
    if (batch.rows.size() <= most_rows) return;
    for (auto& row : batch.rows) {
        row.name.clear();
        row.source = model::NameSource::None;
    }
    sum_equal(batch.rows);
    if (batch.rows.size() <= most_rows) return;
    for (auto& row : batch.rows) row.device = Mac{};
    sum_equal(batch.rows);
}

void Outgoing::add(model::TrafficBatch batch, WallTime at) {
    batches_.push_back({std::move(batch), at});
    hold_bounds();
}

void Outgoing::add(model::PolicyHits hits, WallTime at) {
    if (!hits_) hits_.emplace();
    merge(*hits_, std::move(hits));
    hits_at_ = at;
}

void Outgoing::add(std::string_view topic, model::Json members, WallTime at) {
    const auto is_report = [](const Event& event) {
        return event.topic == model::topic::config_applied || event.topic == model::topic::config_failed;
    };
    if (events_.size() == limits_.events) {
        const auto other = std::ranges::find_if_not(events_, is_report);
        events_.erase(other != events_.end() ? other : events_.begin());
    }
    events_.push_back({std::string{topic}, std::move(members), at});
}

void Outgoing::hold_bounds() {
    while (batches_.size() > limits_.batches || (rows() > limits_.rows && batches_.size() > 1)) {
        std::deque<Waiting> halved;
        for (std::size_t i = 0; i < batches_.size(); i += 2) {
            auto& pair = halved.emplace_back(std::move(batches_[i]));
            if (i + 1 == batches_.size()) break;
            merge(pair.batch, std::move(batches_[i + 1].batch));
            pair.at = batches_[i + 1].at;
            ++merged_;
        }
        batches_ = std::move(halved);
    }
    if (batches_.size() == 1) coarsen(batches_.front().batch, limits_.rows);
}

std::size_t Outgoing::rows() const noexcept {
    std::size_t sum = 0;
    for (const auto& waiting : batches_) sum += waiting.batch.rows.size();
    return sum;
}

const std::vector<Outgoing::Message>& Outgoing::next() {
    if (!under_way_.empty()) return under_way_;
    for (; !events_.empty(); events_.pop_front()) number(events_.front().topic, events_.front().members, events_.front().at);
    if (const auto waiting = std::exchange(hits_, {})) number(model::topic::policy_hit, model::to_json(*waiting), hits_at_);
    for (std::size_t i = 0; i < limits_.batches_at_once && !batches_.empty(); ++i) {
        number(std::move(batches_.front()));
        batches_.pop_front();
    }
    return under_way_;
}

void Outgoing::confirmed() {
    totals_.batches += under_way_totals_.batches;
    totals_.bytes_up += under_way_totals_.bytes_up;
    totals_.bytes_down += under_way_totals_.bytes_down;
    under_way_totals_ = {};
    under_way_.clear();
}

void Outgoing::number(std::string_view topic, const model::Json& members, WallTime at) {
    auto body = model::to_json(model::Envelope{.at = at, .from = {.instance = instance_, .number = ++last_number_}});
    body.update(members);
    under_way_.push_back({std::string{topic}, body.dump()});
}

/// As many messages as its size needs, all about the same stretch of time; the first one carries the packet counts, so that their
/// sums are right too. The hub refuses ticks outside of 1 ms to a day.
void Outgoing::number(Waiting waiting) {
    auto& rows = waiting.batch.rows;
    auto first = rows.begin();
    do {
        model::TrafficBatch part{.tick = std::clamp(waiting.batch.tick, shortest_tick, longest_tick),
                                 .captured = std::exchange(waiting.batch.captured, 0),
                                 .dropped = std::exchange(waiting.batch.dropped, 0)};
        std::size_t bytes = 256;
        for (; first != rows.end() && (part.rows.empty() || bytes + most_bytes(*first) <= limits_.body_bytes); ++first) {
            bytes += most_bytes(*first);
            under_way_totals_.bytes_up += first->bytes_up;
            under_way_totals_.bytes_down += first->bytes_down;
            part.rows.push_back(std::move(*first));
        }
        ++under_way_totals_.batches;
        number(model::topic::traffic_batch, model::to_json(part), waiting.at);
    } while (first != rows.end());
}

}  // namespace vivi::pcapd
