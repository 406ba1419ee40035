// The resolvers behind us: who is asked next, how long an answer may take, and who is left alone for a while.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/core/time.hpp"
#include "router/dnsd/decisions.hpp"
#include "router/dnsd/health.hpp"

namespace vivi::dnsd {

/// A set of upstreams that a question was sent to already; beyond 64 they are not told apart.
using Tried = std::uint64_t;

/// In order of preference: the first that is well is asked. One that does not answer is left alone for 500 ms, doubled with each
/// further failure up to 30 s; then one question tries it again.
class UpstreamTable {
public:
    /// What is known of those that stay is kept.
    void set(std::span<const Endpoint> endpoints);
    std::size_t size() const noexcept { return upstreams_.size(); }
    const Endpoint& endpoint(UpstreamId id) const noexcept { return upstreams_[id].health.endpoint; }
    std::optional<UpstreamId> find(const Endpoint& endpoint) const noexcept;

    /// Nothing: there are none. Prefers those that are well, then those not in `tried`, then the order; of those that are all
    /// unwell the one whose penalty ends first.
    std::optional<UpstreamId> choose(Tried tried, Instant now) const noexcept;
    /// Whether somebody else could be asked who is well and not in `tried`.
    bool has_other(Tried tried, Instant now) const noexcept;
    /// For a first try: by the round trips measured, RFC 6298 section 2, within 250 ms … 1.2 s; doubled with each further try.
    Milliseconds patience(UpstreamId id, unsigned tries) const noexcept;

    /// A question goes there. To one that has failed, only this one, until it is answered or has had its time.
    void asked(UpstreamId id, Instant now) noexcept;
    /// `round_trip` is absent when it is not known which try was answered (RFC 6298 section 3).
    void answered(UpstreamId id, std::optional<Microseconds> round_trip, Instant now) noexcept;
    /// Nothing came in time to what was asked at `asked_at`. Not held against it when anything else came since (then the name is
    /// slow, not the upstream), or when a failure was counted since.
    void timed_out(UpstreamId id, Instant asked_at, Instant now) noexcept;
    void failed(UpstreamId id, Instant now) noexcept;

    bool keeps_case(UpstreamId id) const noexcept { return upstreams_[id].health.keeps_case; }
    /// It gave a question of mixed case back as it was.
    void kept_case(UpstreamId id) noexcept { upstreams_[id].kept_case_once = true; }
    /// It did not. True: it never did, so from now on it is asked without; false: the answer is not believed.
    bool lost_case(UpstreamId id) noexcept;

    std::vector<UpstreamHealth> health(Instant now) const;

private:
    struct Upstream {
        UpstreamHealth health{};
        bool kept_case_once = false;
        bool is_measured = false;
        Microseconds smoothed{}, variation{};
        std::optional<Instant> last_answer{}, last_failure{};
        std::optional<Instant> penalised_until{};
        bool is_well(Instant now) const noexcept { return !penalised_until || *penalised_until <= now; }
    };
    static void measure(Upstream& upstream, Microseconds sample) noexcept;

    std::vector<Upstream> upstreams_{};
};

}  // namespace vivi::dnsd
