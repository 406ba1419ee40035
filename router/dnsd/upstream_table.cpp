// Round trips, penalties and letter case of upstreams.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/upstream_table.hpp"

#include <algorithm>

namespace vivi::dnsd {
namespace {

constexpr Milliseconds first_penalty{500}, longest_penalty{30'000};
constexpr Milliseconds least_patience{250}, most_patience{1200}, first_patience{400};

bool is_in(Tried tried, std::size_t id) noexcept { return (tried >> std::min<std::size_t>(id, 63) & 1) != 0; }

}  // namespace

void UpstreamTable::set(std::span<const Endpoint> endpoints) {
    std::vector<Upstream> next;
    for (const auto& endpoint : endpoints) {
        const auto known = find(endpoint);
        next.push_back(known ? upstreams_[*known] : Upstream{.health = {.endpoint = endpoint}});
    }
    upstreams_ = std::move(next);
}

std::optional<UpstreamId> UpstreamTable::find(const Endpoint& endpoint) const noexcept {
    const auto found = std::ranges::find(upstreams_, endpoint, [](const auto& upstream) { return upstream.health.endpoint; });
    if (found == upstreams_.end()) return std::nullopt;
    return static_cast<UpstreamId>(found - upstreams_.begin());
}

std::optional<UpstreamId> UpstreamTable::choose(Tried tried, Instant now) const noexcept {
    std::optional<UpstreamId> best;
    const auto is_better = [&](UpstreamId candidate) {
        if (!best) return true;
        const auto &left = upstreams_[candidate], &right = upstreams_[*best];
        if (left.is_well(now) != right.is_well(now)) return left.is_well(now);
        if (is_in(tried, candidate) != is_in(tried, *best)) return !is_in(tried, candidate);
        return !left.is_well(now) && *left.penalised_until < *right.penalised_until;
    };
    for (UpstreamId id = 0; id < upstreams_.size(); ++id) {
        if (is_better(id)) best = id;
    }
    return best;
}

bool UpstreamTable::has_other(Tried tried, Instant now) const noexcept {
    for (std::size_t id = 0; id < upstreams_.size(); ++id) {
        if (!is_in(tried, id) && upstreams_[id].is_well(now)) return true;
    }
    return false;
}

Milliseconds UpstreamTable::patience(UpstreamId id, unsigned tries) const noexcept {
    const auto& upstream = upstreams_[id];
    auto first = first_patience;
    if (upstream.is_measured) {
        const auto measured = std::chrono::ceil<Milliseconds>(upstream.smoothed + 4 * upstream.variation);
        first = std::clamp(measured, least_patience, most_patience);
    }
    return first * (1U << std::min(tries, 4U));
}

void UpstreamTable::asked(UpstreamId id, Instant now) noexcept {
    auto& upstream = upstreams_[id];
    if (upstream.health.failures != 0)
        upstream.penalised_until = std::max(upstream.penalised_until.value_or(now), now + most_patience);
}

void UpstreamTable::measure(Upstream& upstream, Microseconds sample) noexcept {
    if (!upstream.is_measured) {
        upstream.is_measured = true;
        upstream.smoothed = sample;
        upstream.variation = sample / 2;
    } else {
        const auto off = sample > upstream.smoothed ? sample - upstream.smoothed : upstream.smoothed - sample;
        upstream.variation += (off - upstream.variation) / 4;
        upstream.smoothed += (sample - upstream.smoothed) / 8;
    }
    upstream.health.rtt = std::chrono::ceil<Milliseconds>(upstream.smoothed);
}

void UpstreamTable::answered(UpstreamId id, std::optional<Microseconds> round_trip, Instant now) noexcept {
    auto& upstream = upstreams_[id];
    if (round_trip) measure(upstream, *round_trip);
    ++upstream.health.answers;
    upstream.health.failures = 0;
    upstream.penalised_until.reset();
    upstream.last_answer = now;
}

void UpstreamTable::timed_out(UpstreamId id, Instant asked_at, Instant now) noexcept {
    const auto& upstream = upstreams_[id];
    if (upstream.last_answer && *upstream.last_answer >= asked_at) return;
    if (upstream.last_failure && *upstream.last_failure > asked_at) return;
    failed(id, now);
}

void UpstreamTable::failed(UpstreamId id, Instant now) noexcept {
    auto& upstream = upstreams_[id];
    const auto doublings = std::min(upstream.health.failures++, 6U);
    upstream.penalised_until = now + std::min(first_penalty * (1U << doublings), longest_penalty);
    upstream.last_failure = now;
}

bool UpstreamTable::lost_case(UpstreamId id) noexcept {
    auto& upstream = upstreams_[id];
    if (upstream.kept_case_once) return false;
    upstream.health.keeps_case = false;
    return true;
}

std::vector<UpstreamHealth> UpstreamTable::health(Instant now) const {
    std::vector<UpstreamHealth> all;
    for (const auto& upstream : upstreams_) {
        all.push_back(upstream.health);
        all.back().is_penalised = !upstream.is_well(now);
    }
    return all;
}

}  // namespace vivi::dnsd
