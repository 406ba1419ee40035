// Makes a configuration the kernel's: the whole ruleset when networks change, single elements when bans do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <vector>

#include "common/core/result.hpp"
#include "common/model/configuration.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"
#include "router/bridged/wake.hpp"
#include "router/firewall/firewall.hpp"

namespace vivi::bridged {

/// One loop; the packet filter is spoken to on a thread of its own, one call at a time.
class Enforcer {
public:
    enum class Forwarding : std::uint8_t { LeaveAlone, Enable };

    Enforcer(const net::any_io_executor& executor, firewall::Firewall& firewall, store::Store& state, Forwarding forwarding);

    /// Completes when the kernel enforces it. On an error what was in force stays.
    Task<Status> apply(model::Configuration configuration);

    /// Keeps the bans true between configurations: when leases change (woken) and when a ban ends by time. Ends by cancellation.
    Task<> follow();
    Wake& wake() noexcept { return wake_; }

    const firewall::Bans& in_force() const noexcept { return in_force_.bans; }
    bool is_loaded() const noexcept { return configuration_.has_value(); }

private:
    Task<std::vector<firewall::Place>> leased();
    Task<firewall::Plan> wanted(const model::Configuration& configuration);
    Task<Status> load(const firewall::Plan& plan);
    Task<Status> change(const firewall::Plan& plan, const firewall::Changes& changes);
    Task<Status> enforce(const model::Configuration& configuration);
    Milliseconds until_next_change() const;

    firewall::Firewall& firewall_;
    store::Store& state_;
    const Forwarding forwarding_;
    net::thread_pool worker_{1};
    Wake wake_;
    bool is_busy_ = false;  ///< apply() and follow() wait for each other.
    Wake idle_;
    std::optional<model::Configuration> configuration_;
    firewall::Plan in_force_{};
    std::vector<firewall::Place> last_leased_;  ///< What Redis said last, while it is away.
    bool is_leased_known_ = true;               ///< Redis answered the last time; otherwise it is asked again soon.
};

}  // namespace vivi::bridged
