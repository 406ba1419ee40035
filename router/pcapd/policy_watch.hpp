// The compiled policy as it is now: mapped at the start and again whenever bridged replaced it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "common/runtime/signal.hpp"
#include "common/runtime/task.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::pcapd {

/// What is mapped, and what is wrong with what is there now.
struct PolicyState {
    std::shared_ptr<const state::MappedPolicy> mapped{};  ///< Null: nothing is denied.
    std::string problem{};                                ///< Not empty: the files cannot be used; `mapped` is the one before.
    std::int64_t revision() const noexcept { return mapped ? mapped->engine().revision() : -1; }
};

/// One loop, one thread, and a thread that maps: checking a large catalogue takes some tens of milliseconds.
class PolicyWatch {
public:
    /// `changed` is called with each new state.
    PolicyWatch(const net::any_io_executor& executor, state::PolicyFolder folder,
                std::function<void(const PolicyState&)> changed);

    /// Looks when woken, and every second. Ends by cancellation.
    Task<> follow();
    /// The bus said that something changed.
    void wake();

private:
    void take(Result<std::shared_ptr<const state::MappedPolicy>> opened);

    state::PolicyFolder folder_;
    std::function<void(const PolicyState&)> changed_;
    PolicyState state_{};
    bool is_missing_said_ = false;
    bool is_wanted_ = false;
    Signal woken_;
    net::thread_pool worker_{1};
};

}  // namespace vivi::pcapd
