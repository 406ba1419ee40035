// The probe's socket and its pace.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/dns_prober.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"

namespace vivi::bridged {
namespace {

/// Loopback answers in microseconds; a dnsd that needs longer than this is not serving anybody.
constexpr Milliseconds answer_within{400};

}  // namespace

Result<net::ip::udp::endpoint> parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto wrong = [&] { return failed(Code::Invalid, "must be an address and a port like 127.0.0.1:53"); };
    if (colon == std::string::npos) return wrong();
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = net::ip::make_address(host, error);
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, port);
    if (error || read.ec != std::errc{} || read.ptr != end || port == 0) return wrong();
    return net::ip::udp::endpoint{address, port};
}

DnsProber::DnsProber(net::ip::udp::endpoint at, Changed changed)
    : at_{std::move(at)}, changed_{std::move(changed)}, watch_{vivi::now()} {}

Task<> DnsProber::run() {
    net::ip::udp::socket socket{co_await net::this_coro::executor};
    socket.connect(at_);
    for (;;) {
        const auto next = now() + DnsWatch::probe_every;
        const bool answered = co_await ask(socket);
        const auto changed = answered ? watch_.answered(now()) : watch_.silent(now());
        const bool is_first = answered && watch_.state() == DnsWatch::State::Serving && !std::exchange(was_heard_, true);
        if (changed || is_first) changed_(watch_.state());
        co_await after(std::chrono::ceil<Milliseconds>(std::max(next - now(), Instant::duration{1})));
    }
}

Task<bool> DnsProber::ask(net::ip::udp::socket& socket) {
    using namespace net::experimental::awaitable_operators;
    const auto id = static_cast<std::uint16_t>(crypto::random_u32());
    const auto question = dns_probe(id);
    const auto [refused, sent] = co_await socket.async_send(net::buffer(question), as_value);
    if (refused) co_return false;
    const auto first = co_await (hear(socket, id) || after(answer_within));
    co_return first.index() == 0 && std::get<0>(first);
}

/// Late answers to earlier probes have another id and are passed over.
Task<bool> DnsProber::hear(net::ip::udp::socket& socket, std::uint16_t id) {
    std::array<std::byte, 1232> answer{};
    for (;;) {
        const auto [error, count] = co_await socket.async_receive(net::buffer(answer), as_value);
        // Refused: the kernel says at once that nobody listens (an ICMP error kept for the connected socket).
        if (error) co_return false;
        if (is_answer_to_probe(BytesView{answer}.first(count), id)) co_return true;
    }
}

}  // namespace vivi::bridged
