// Equal subscriptions at the same place: one of them looks, all of them get what it saw.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/core/time.hpp"
#include "common/runtime/task.hpp"
#include "server/graphql/engine.hpp"
#include "server/graphql/plan.hpp"

namespace vivi::graphql {

/// What one look gave.
struct Look {
    std::shared_ptr<const Response> response{};  // Shared by all subscribers; null: nothing new.
    std::shared_ptr<const void> position{};      // Of the source afterwards (SharedSource::position).
    bool is_over = false;                        ///< The source has failed; `response` is its last.
};

/// Looks under way and those just done, by key. One loop. Those done are kept for `kept_for`, and at most `most_kept_bytes` of
/// them: whoever comes later looks for himself.
class SharedLooks {
public:
    static constexpr Milliseconds kept_for{1'000};
    static constexpr std::size_t most_kept_bytes = 8 << 20;

    /// The look of `key`, in which `plan` takes part: somebody else's when it began for `reason` or a later one, else `look`
    /// runs. `look` and what it refers to live as long as the returned task. A leader that is cancelled is followed by the next
    /// who waits.
    Task<Look> join(std::string key, std::shared_ptr<const Plan> plan, std::uint64_t reason,
                    const std::function<Task<Look>()>& look);

    /// Looks that ran, and those that were spared.
    std::uint64_t looked() const noexcept { return looked_; }
    std::uint64_t shared() const noexcept { return shared_; }

private:
    struct Entry {
        Entry(const net::any_io_executor& executor, std::shared_ptr<const Plan> its_plan, std::uint64_t its_reason)
            : done{executor, Instant::max()}, plan{std::move(its_plan)}, reason{its_reason} {}
        net::steady_timer done;            ///< Never expires: cancelled when the look has ended.
        std::shared_ptr<const Plan> plan;  // Kept, because the key has its address.
        std::uint64_t reason;
        bool has_ended = false;
        bool has_result = false;
        Look result{};
    };
    using Entries = std::unordered_map<std::string, std::shared_ptr<Entry>>;  // Shared with those who wait.
    struct Kept {
        std::string key{};
        std::shared_ptr<Entry> entry{};
        Instant until{};
        std::size_t bytes = 0;
    };
    class Leading;

    Task<Look> lead(const std::string& key, std::shared_ptr<Entry> entry, const std::function<Task<Look>()>& look);
    void keep(const std::string& key, const std::shared_ptr<Entry>& entry);
    void forget_old();

    Entries entries_;
    std::deque<Kept> kept_;
    std::size_t kept_bytes_ = 0;
    std::uint64_t looked_ = 0, shared_ = 0;
};

/// What of an operation its events depend on: its plan and the variables used below the root field (those of the root field
/// itself are the source's, and in its standing).
std::string shared_key(const PreparedOperation& operation);

}  // namespace vivi::graphql
