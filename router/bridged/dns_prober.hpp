// Asks dnsd twice a second whether it is there, over UDP on loopback.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <string>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "router/bridged/dns_watch.hpp"

namespace vivi::bridged {

/// One socket, so a new source port only with each start; each probe has a random id.
class DnsProber {
public:
    using Changed = std::function<void(DnsWatch::State state)>;

    /// `at` is the server: "127.0.0.1:53". `changed` hears of each new state, and of the first answer: what
    /// the process before this one said may be over.
    DnsProber(net::ip::udp::endpoint at, Changed changed);

    /// Ends by cancellation.
    Task<> run();

    DnsWatch::State state() const noexcept { return watch_.state(); }

private:
    static Task<bool> ask(net::ip::udp::socket& socket);
    static Task<bool> hear(net::ip::udp::socket& socket, std::uint16_t id);

    net::ip::udp::endpoint at_;
    Changed changed_;
    DnsWatch watch_;
    bool was_heard_ = false;
};

/// "127.0.0.1:53" or "[::1]:53"; Invalid otherwise.
Result<net::ip::udp::endpoint> parse_endpoint(const std::string& text);

}  // namespace vivi::bridged
