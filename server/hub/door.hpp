// Who may come in: accepts connections, bounds strangers, looks keys up, and hands accepted routers to a tunnel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "common/core/net.hpp"
#include "common/runtime/task_group.hpp"
#include "common/ssh/server.hpp"
#include "server/hub/allowance.hpp"
#include "server/hub/fleet.hpp"

namespace vivi::hub {

struct DoorOptions {
    std::string address{};
    std::uint16_t port = 0;
    std::vector<IpPrefix> proxies{};  ///< Who speaks for others, by the PROXY protocol version 2, and has to.
    ssh::Liveness liveness{};
    std::size_t most_strangers = 256;            ///< Connections that have not authenticated, at once.
    std::size_t most_strangers_of_address = 32;  ///< The same of one address.
    std::size_t most_pending = 200;              ///< Routers nobody has claimed, held at once.
    std::size_t most_pending_of_address = 8;     ///< The same of one address.
    Milliseconds most_authenticating{10'000};
};

class Door {
public:
    /// Fatal when the address cannot be listened on.
    Door(net::any_io_executor executor, const ssh::PrivateKey& host_key, DoorOptions options, Services& services, Fleet& fleet);

    /// Accepts until cancelled; then every tunnel says goodbye.
    Task<> run();
    std::size_t strangers() const noexcept { return strangers_; }

private:
    Task<> accept();
    /// From a proxy: learns whom it speaks for.
    Task<> introduce(net::ip::tcp::socket socket, std::string proxy);
    void admit(net::ip::tcp::socket socket, std::string address);
    void turn_away(const std::string& address);
    Task<> serve(net::ip::tcp::socket socket, std::string address);
    Task<Result<std::unique_ptr<ssh::Session>>> handshake(net::ip::tcp::socket socket, const std::string& address,
                                                          std::optional<db::Enrolment>& enrolled);
    Task<ssh::Verdict> decide(const ssh::PublicKey& key, const std::string& address, std::optional<db::Enrolment>& enrolled);
    Task<ssh::Verdict> decide_unknown(const std::string& print, const std::string& address,
                                      std::optional<db::Enrolment>& enrolled);
    Task<std::optional<db::Enrolment>> hold(ssh::Session& session, db::Enrolment enrolled, std::string address);

    net::any_io_executor executor_;
    ssh::Server server_;
    DoorOptions options_;
    Services& services_;
    Fleet& fleet_;
    net::ip::tcp::acceptor acceptor_;
    TaskGroup guests_;
    std::size_t strangers_ = 0;
    std::unordered_map<std::string, std::size_t> strangers_of_;
    std::unordered_map<std::string, std::size_t> pending_of_;
    Allowance unknown_keys_{10, 60s};
};

}  // namespace vivi::hub
