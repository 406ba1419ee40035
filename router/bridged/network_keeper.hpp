// Keeps the machine's links as the configuration wants them: after each revision, and whenever a device comes, goes or changes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "router/bridged/network_setup.hpp"
#include "router/bridged/wake.hpp"

namespace vivi::bridged {

/// What could not be done stays in problems() and is tried again with the next change of the links, and every 30 s. It refuses
/// nothing: the rules hold whether or not a cable is in.
class NetworkKeeper {
public:
    /// The system keeps its links itself with Manage::No; then this only says so.
    enum class Manage : std::uint8_t { No, Yes };

    NetworkKeeper(const net::any_io_executor& executor, firewall::LinkPort& links, Manage manage);

    /// From now on for this configuration; completes when it was tried once.
    Task<> apply(model::Configuration configuration);
    /// Ends by cancellation.
    Task<> follow();

    bool manages() const noexcept { return manage_ == Manage::Yes; }
    /// "/networks/0/vlan: …", "eth0: no such device"; what there is to say of the last try.
    const std::vector<std::string>& problems() const noexcept { return problems_; }

private:
    Task<> bring_about();
    Task<> watch_links();
    Task<> repeat();

    net::any_io_executor executor_;
    firewall::LinkPort& links_;
    Manage manage_;
    net::thread_pool worker_{1};
    Wake wake_;
    std::optional<NetworkSetup> setup_;
    std::vector<std::string> problems_;
};

}  // namespace vivi::bridged
