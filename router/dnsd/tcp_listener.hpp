// DNS over TCP for guests (RFC 7766): pipelined, bounded, and never waiting for a slow reader.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/core/time.hpp"
#include "common/runtime/task.hpp"
#include "common/runtime/task_group.hpp"
#include "router/dnsd/decisions.hpp"

namespace vivi::dnsd {

struct TcpLimits {
    std::size_t connections = 256;
    std::size_t a_client = 10;            ///< RFC 7766 section 6.2.2 asks clients for one.
    Milliseconds idle{5'000};             ///< Without a whole query, or without progress of an answer; RFC 7766 section 6.2.3.
    std::size_t message_bytes = 4'096;    ///< Of a query; a longer one ends the connection.
    std::size_t waiting_bytes = 131'072;  ///< Answers a client does not read; then it is cut.
};

struct TcpCounters {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;  ///< At one of the bounds.
    std::uint64_t queries = 0;
    std::uint64_t idle = 0;  ///< Ended because nothing happened.
    std::uint64_t slow = 0;  ///< Cut because they did not read.
};

class TcpListener {
public:
    /// `query` is called for each message. Answers come by answer(), now or later.
    TcpListener(const net::any_io_executor& executor, std::function<void(BytesView, const Client&)> query, TcpLimits limits = {});

    /// Binds; before run(). Conflict, Denied, NotFound with what to do.
    Status listen(const Endpoint& where);
    /// To the connection the client asked on; nothing happens when it has ended.
    void answer(const Client& client, BytesView message);
    /// Ends by cancellation.
    Task<> run();

    std::size_t connections() const noexcept { return sessions_.size(); }
    const TcpCounters& counters() const noexcept { return counters_; }

private:
    using Tcp = net::ip::tcp;
    struct Session;
    Task<> accept(Tcp::acceptor& acceptor);
    Task<> serve(Tcp::socket socket, Client client);
    Task<> read(Session& session);
    Task<> write(Session& session);
    Task<> watch(Session& session);

    net::any_io_executor executor_;
    std::function<void(BytesView, const Client&)> query_;
    TcpLimits limits_;
    std::vector<Tcp::acceptor> acceptors_{};
    TaskGroup group_;
    std::uint64_t last_route_ = 0;
    std::unordered_map<std::uint64_t, Session*> sessions_{};  ///< By Client::route.
    std::map<Ipv6, std::size_t> by_client_{};
    TcpCounters counters_{};
};

}  // namespace vivi::dnsd
