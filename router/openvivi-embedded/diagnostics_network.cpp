// Sockets and the resolver behind the diagnostics.
// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>

#include <array>
#include <boost/asio/generic/datagram_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/runtime/clock.hpp"
#include "router/openvivi-embedded/diagnostics.hpp"
#include "router/openvivi-embedded/system.hpp"

namespace vivi::openvivi_embedded {
namespace {

using namespace net::experimental::awaitable_operators;
using Addresses = std::vector<net::ip::address>;
using EchoSocket = net::generic::datagram_protocol::socket;
constexpr Milliseconds most_resolving{5'000};
constexpr Milliseconds most_answering{1'000};

double to_milliseconds(Instant::duration duration) {
    return static_cast<double>(std::chrono::duration_cast<Microseconds>(duration).count()) / 1000.0;
}

Task<Result<Addresses>> lookup(std::string name) {
    net::ip::tcp::resolver resolver{co_await net::this_coro::executor};
    auto outcome = co_await (resolver.async_resolve(name, "", as_value) || after(most_resolving));
    if (outcome.index() == 1) co_return failed(Code::Timeout, name + ": no answer of the resolver within 5 s");
    const auto& [error, results] = std::get<0>(outcome);
    if (error) co_return failed(Code::Unavailable, name + ": " + error.message());
    Addresses addresses;
    for (const auto& entry : results) addresses.push_back(entry.endpoint().address());
    co_return addresses;
}

/// Waits for the reply to `sequence`; other messages are passed over.
Task<> await_reply(EchoSocket& socket, std::uint16_t sequence, bool is_v6) {
    std::array<char, 1500> buffer{};
    for (;;) {
        const auto [error, count] = co_await socket.async_receive(net::buffer(buffer), as_value);
        if (!error && echo_reply({buffer.data(), count}, is_v6) == sequence) co_return;
        if (error == net::error::operation_aborted) throw boost::system::system_error{error};
        if (error) co_await after(most_answering);  // "Network is unreachable", said by the kernel: nothing comes any more.
    }
}

/// Milliseconds; nothing when no answer came.
Task<std::optional<double>> echo(EchoSocket& socket, std::uint16_t sequence, bool is_v6) {
    const auto began = now();
    const auto request = echo_request(sequence, is_v6);
    const auto [error, count] = co_await socket.async_send(net::buffer(request), as_value);
    if (error) co_return std::nullopt;
    const auto outcome = co_await (await_reply(socket, sequence, is_v6) || after(most_answering));
    if (outcome.index() == 1) co_return std::nullopt;
    co_return to_milliseconds(now() - began);
}

}  // namespace

Task<Result<nlohmann::json>> ping(std::string host, int count, std::function<void(int)> progress) {
    const auto addresses = co_await lookup(host);
    if (!addresses) co_return std::unexpected{addresses.error()};
    if (addresses->empty()) co_return failed(Code::Unavailable, host + ": has no address");
    const auto& address = addresses->front();
    const bool is_v6 = address.is_v6();
    const int icmp = is_v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
    const net::generic::datagram_protocol protocol{is_v6 ? AF_INET6 : AF_INET, icmp};
    EchoSocket socket{co_await net::this_coro::executor};
    boost::system::error_code error;
    socket.open(protocol, error);
    if (!error) {
        const net::ip::tcp::endpoint place{address, 0};
        socket.connect({place.data(), place.size(), protocol.protocol()}, error);
    }
    if (error) co_return failed(Code::Unavailable, "no socket for echo requests (net.ipv4.ping_group_range): " + error.message());
    auto times = nlohmann::json::array();
    for (int i = 1; i <= count; ++i) {
        const auto began = now();
        if (const auto time = co_await echo(socket, static_cast<std::uint16_t>(i), is_v6)) times.push_back(*time);
        progress(100 * i / count);
        const auto passed = std::chrono::duration_cast<Milliseconds>(now() - began);
        if (i < count && passed < 1s) co_await after(Milliseconds{1'000} - passed);
    }
    const auto received = times.size();
    co_return nlohmann::json{
        {"address", address.to_string()}, {"sent", count}, {"received", received}, {"times_ms", std::move(times)}};
}

Task<Result<nlohmann::json>> resolve(std::string name) {
    const auto began = now();
    const auto found = co_await lookup(std::move(name));
    if (!found) co_return std::unexpected{found.error()};
    auto addresses = nlohmann::json::array();
    for (const auto& address : *found) addresses.push_back(address.to_string());
    co_return nlohmann::json{{"addresses", std::move(addresses)}, {"milliseconds", to_milliseconds(now() - began)}};
}

Task<Result<nlohmann::json>> throughput(int seconds, std::function<void(int)> progress) {
    const auto sample = [] { return parse_net_dev(proc_text("/proc/net/dev")); };
    const auto before = sample();
    if (before.empty()) co_return failed(Code::Unavailable, "/proc/net/dev: no interface");
    const auto began = now();
    for (int i = 1; i <= seconds; ++i) {
        co_await after(1s);
        progress(100 * i / seconds);
    }
    const auto passed = std::chrono::duration_cast<Milliseconds>(now() - began);
    co_return nlohmann::json{{"interfaces", rates(before, sample(), passed)}};
}

}  // namespace vivi::openvivi_embedded
