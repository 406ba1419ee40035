// Who may come in: accepts connections, bounds strangers, looks keys up, and hands accepted routers to a tunnel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/runtime/task_group.hpp"
#include "common/ssh/server.hpp"
#include "common/ssh/tls.hpp"
#include "server/hub/allowance.hpp"
#include "server/hub/places.hpp"
#include "server/hub/shard.hpp"

namespace vivi::hub {

struct DoorOptions {
    std::string address{};
    std::uint16_t port = 0;
    std::uint16_t tls_port = 0;       ///< 0: none.
    std::vector<IpPrefix> proxies{};  ///< Who speaks for others, by the PROXY protocol version 2, and has to.
    ssh::Liveness liveness{};
    Milliseconds most_authenticating{10'000};
};

/// What is bounded. It outlives the threads: what never began there gives its place back when they go.
struct Bounds {
    Places strangers;  ///< Connections that have not authenticated.
    Places pending;    ///< Routers nobody has claimed.
};

/// It accepts on one loop; from the first byte of SSH or TLS on a connection belongs to one of the threads.
class Door {
public:
    /// `tls` is needed when there is a port for it. Fatal when an address cannot be listened on.
    Door(net::any_io_executor executor, const ssh::PrivateKey& host_key, DoorOptions options, std::optional<ssh::TlsServer> tls,
         Bounds& bounds, Services& services, Shards& shards);

    /// Accepts until cancelled. What was accepted lives on in its thread.
    Task<> run();
    std::size_t strangers() const noexcept { return bounds_.strangers.taken(); }

private:
    using Acceptor = net::ip::tcp::acceptor;
    enum class Kind : std::uint8_t { Ssh, Tls };
    struct Guest {
        net::ip::tcp::socket socket;
        std::string address;
        std::optional<Places::Place> stranger;  ///< Until it has authenticated.
        std::optional<Places::Place> pending{};
        std::optional<db::Enrolment> enrolled{};
    };

    Task<> accept(Acceptor& acceptor, Kind kind);
    /// From a proxy: learns whom it speaks for.
    Task<> introduce(net::ip::tcp::socket socket, std::string proxy, Places::Place place, Kind kind);
    void admit(net::ip::tcp::socket socket, std::string address, Kind kind);
    void turn_away(const std::string& address);
    void refresh_certificate();

    Task<> serve(Shard& shard, Guest guest);
    Task<> serve_tls(Shard& shard, Guest guest);
    Task<> talk(Shard& shard, Guest& guest, ssh::Stream stream);
    Task<Result<std::unique_ptr<ssh::Session>>> handshake(Guest& guest, ssh::Stream stream);
    void note_failed(const Guest& guest, const Error& why);
    Task<ssh::Verdict> decide(const ssh::PublicKey& key, Guest& guest);
    Task<ssh::Verdict> decide_unknown(const std::string& print, Guest& guest);
    Task<std::optional<db::Enrolment>> hold(Shard& shard, ssh::Session& session, Guest& guest);
    bool may_show_unknown_key(const std::string& address);

    net::any_io_executor executor_;
    ssh::Server server_;
    DoorOptions options_;
    std::optional<ssh::TlsServer> tls_;
    Bounds& bounds_;
    Services& services_;
    Shards& shards_;
    Acceptor acceptor_;
    std::optional<Acceptor> tls_acceptor_{};
    TaskGroup introductions_;
    std::mutex mutex_{};
    Allowance unknown_keys_{10, 60s};  // Guarded by mutex_.
};

}  // namespace vivi::hub
