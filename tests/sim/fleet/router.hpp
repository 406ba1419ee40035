// One simulated router: its key, its tunnel, its bridge, and an embedded API that answers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <optional>
#include <string>

#include "common/runtime/signal.hpp"
#include "common/runtime/task_group.hpp"
#include "common/ssh/keys.hpp"
#include "tests/sim/fleet/embedded_api.hpp"
#include "tests/sim/fleet/script.hpp"
#include "tests/sim/fleet/wire.hpp"
#include "tests/sim/simulated_bridge.hpp"

namespace vivi::sim {

/// What all routers of a fleet share.
struct FleetOptions {
    ssh::Address hub{};
    std::vector<ssh::PublicKey> hub_keys{};
    ssh::Liveness liveness{};
    Milliseconds backoff_first{1000}, backoff_most{60'000};
    Pace pace{};
    std::vector<crypto::PublicKey> command_keys{};  ///< None: every command is refused.
};

class Router {
public:
    Router(net::any_io_executor executor, ssh::PrivateKey identity, net::ip::address from, Crowd crowd,
           const FleetOptions& options);

    /// Keeps a connection to the hub until cancelled.
    Task<> run();
    /// Nothing happens to a router that is not connected.
    void suffer(Fault fault);

    bool is_connected() const noexcept { return is_connected_; }
    std::uint64_t connections() const noexcept { return connections_; }
    /// Why it is not connected, or the last time was not.
    const std::string& why() const noexcept { return why_; }
    /// As the hub's POST /v1/claim-code said; empty: none.
    const std::string& claim_code() const noexcept { return claim_code_; }
    const SimulatedBridge& bridge() const noexcept { return bridge_; }
    const ssh::PrivateKey& identity() const noexcept { return identity_; }
    std::size_t commands_done() const noexcept { return api_.done(); }

private:
    Task<> keep_connected();
    Task<Error> visit();
    Task<> serve(ssh::Session& session);
    Task<> take_channels(ssh::Session& session, TaskGroup& joined);
    Task<> join(ssh::Incoming incoming);
    Task<> answer(ssh::Channel& channel);
    Task<> until_fault();
    Task<> hold(Descriptor connection, Seconds lasting);
    http::Response respond(const http::Request& request);
    http::Response about_return(const http::Request& request);

    net::any_io_executor executor_;
    ssh::PrivateKey identity_;
    net::ip::address from_;
    const FleetOptions& options_;
    SimulatedBridge bridge_;
    Signal struck_;
    TaskGroup held_;  // Half-open connections.
    std::optional<Fault> fault_{};
    bool is_connected_ = false;
    std::uint64_t connections_ = 0;
    std::string why_{}, claim_code_{};
    EmbeddedApi api_{};
    std::optional<model::Receipt> receipt_{};  ///< Until the server has it.
    int boots_ = 1;
};

}  // namespace vivi::sim
