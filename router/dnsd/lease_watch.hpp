// Leases from Redis, followed: who has which address, and what it is called.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/model/lease.hpp"
#include "common/runtime/signal.hpp"
#include "common/store/store.hpp"

namespace vivi::dnsd {

/// Reads all of `vivi:leases` at the start, when woken, and every 30 s. Redis away: what was read stays, and it is tried every
/// second.
class LeaseWatch {
public:
    LeaseWatch(const net::any_io_executor& executor, store::Store& store, std::function<void(std::vector<model::Lease>)> changed);

    /// A lease event was on the bus. Many at once are one look: at most ten a second.
    void wake();
    /// Ends by cancellation.
    Task<> run();

    std::size_t count() const noexcept { return count_; }

private:
    Task<bool> look();

    store::Store& store_;
    std::function<void(std::vector<model::Lease>)> changed_;
    Signal woken_;
    bool is_wanted_ = true;
    std::vector<model::Lease> seen_{};
    std::size_t count_ = 0;
};

}  // namespace vivi::dnsd
