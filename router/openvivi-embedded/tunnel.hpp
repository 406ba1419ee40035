// The router's end of the tunnel: dials a hub, keeps the connection, joins the hub's channels to the sockets behind them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/runtime/signal.hpp"
#include "common/runtime/task_group.hpp"
#include "common/ssh/client.hpp"
#include "common/ssh/tls.hpp"
#include "router/openvivi-embedded/ways.hpp"

namespace vivi::openvivi_embedded {

struct TunnelOptions {
    std::vector<ssh::Address> hubs{};
    std::vector<ssh::PublicKey> hub_keys{};
    std::string sync_socket{};
    std::string api_socket{};
    std::string dial_socket{};  ///< Whoever connects asks for another connection; empty: nobody can.
    ssh::Liveness liveness{};
    Milliseconds backoff_first{1000};
    Milliseconds backoff_most{60'000};
    Milliseconds most_reaching{10'000};  ///< Name and TCP; TLS; key exchange, authentication and forwards: each.
    std::uint16_t tls_port = 0;          ///< Where SSH inside TLS is tried on each hub; 0: nowhere.
    ssh::TlsTrust tls_trust{};
};

/// "plain", "tls".
std::string_view to_string(Way way) noexcept;

/// What the tunnel is doing, in words a person understands.
struct TunnelState {
    bool is_connected = false;
    std::string hub{};               ///< "host:port" while connected.
    Way way = Way::Plain;            ///< While connected.
    std::optional<Instant> since{};  ///< When it connected or lost the connection.
    std::string why_offline{};       ///< The last failure; empty while connected.
    std::uint64_t connections = 0;   ///< Since the start of the process.
    std::size_t channels = 0;
};

class Tunnel {
public:
    /// `identity` outlives it. Fatal when the authorities of TLS cannot be read.
    Tunnel(net::any_io_executor executor, const ssh::PrivateKey& identity, TunnelOptions options);

    /// Tries every hub in turn, for ever, with full-jitter back-off between rounds. Ends by cancellation.
    Task<> run();
    /// Hears who asks for another connection (bridged does, to prove that a new configuration lets one be made): the one that is
    /// up is given up, and the hubs are dialled anew. Ends by cancellation.
    Task<> hear_dials();
    TunnelState state() const;

private:
    Task<> until_asked(Error& why);
    Task<Error> visit(const ssh::Address& hub, Ways& ways);
    Task<Error> visit_by(const ssh::Address& hub, Way way);
    /// `why`: of the end, or of no beginning.
    Task<> talk(const ssh::Address& hub, Way way, ssh::Stream stream, Error& why);
    Task<> serve(ssh::Session& session);
    Task<> take_channels(ssh::Session& session, TaskGroup& joined);
    Task<> join(ssh::Incoming incoming);

    net::any_io_executor executor_;
    const ssh::PrivateKey& identity_;
    TunnelOptions options_;
    std::optional<ssh::TlsClient> tls_{};
    std::vector<Ways> ways_{};  // One a hub.
    TunnelState state_{};
    Signal asked_;
};

}  // namespace vivi::openvivi_embedded
