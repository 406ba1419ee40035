// Reading the kernel's tables, and asking.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/reachability.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/udp.hpp>
#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "router/bridged/dns_prober.hpp"

namespace vivi::bridged {
namespace {

constexpr Milliseconds patience{12'000};
constexpr Milliseconds answer_within{3'000};
constexpr std::uint16_t discard_port = 9;  // RFC 863: whoever gets it says nothing, or that nobody listens.

std::vector<std::string> words_of(std::string_view line) {
    std::istringstream in{std::string{line}};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

template <class Each>
void each_line(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        each(words_of(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

std::string read_file(const char* path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A datagram makes the kernel ask for the neighbour, also one it knew a while ago (arp(7): stale, delay, probe).
Task<bool> sees_gateway(Ipv4 gateway) {
    net::ip::udp::socket socket{co_await net::this_coro::executor, net::ip::udp::v4()};
    const net::ip::udp::endpoint to{net::ip::address_v4{gateway.value}, discard_port};
    const auto until = now() + patience - 2s;
    bool seen = false;
    while (now() < until) {
        const std::array<std::byte, 1> nothing{};
        boost::system::error_code ignored;
        socket.send_to(net::buffer(nothing), to, 0, ignored);
        co_await after(1000ms);
        seen = is_neighbour(read_file("/proc/net/arp"), gateway);
        if (!seen) continue;
        // One that was known may be gone: it counts once it has been asked for again.
        if (now() + 4s > until) break;
    }
    co_return seen;
}

Task<bool> hears(net::ip::udp::socket& socket, std::uint16_t id) {
    std::array<std::byte, 1232> answer{};
    for (;;) {
        const auto [error, count] = co_await socket.async_receive(net::buffer(answer), as_value);
        if (error) co_return false;
        if (is_real_answer(BytesView{answer}.first(count), id)) co_return true;
    }
}

Task<bool> dns_answers(net::ip::udp::endpoint at) {
    using namespace net::experimental::awaitable_operators;
    for (int i = 0; i < 3; ++i) {
        net::ip::udp::socket socket{co_await net::this_coro::executor};
        boost::system::error_code refused;
        socket.connect(at, refused);
        const auto id = static_cast<std::uint16_t>(crypto::random_u32());
        const auto question = fresh_question(id, "v" + crypto::random_id().substr(0, 16));
        if (!refused) socket.send(net::buffer(question), 0, refused);
        if (!refused) {
            const auto first = co_await (hears(socket, id) || after(answer_within));
            if (first.index() == 0 && std::get<0>(first)) co_return true;
        }
        co_await after(200ms);
    }
    co_return false;
}

}  // namespace

std::optional<Ipv4> default_gateway(std::string_view routes) {
    std::optional<Ipv4> found;
    each_line(routes, [&](const std::vector<std::string>& words) {
        // Iface Destination Gateway Flags …, addresses as the kernel has them in memory: little-endian here and on the router.
        if (found || words.size() < 4 || words[1] != "00000000" || words[2].size() != 8) return;
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(words[2].data(), words[2].data() + 8, value, 16);
        if (error == std::errc{} && value != 0) found = Ipv4{__builtin_bswap32(value)};
    });
    return found;
}

bool is_neighbour(std::string_view arp, Ipv4 address) {
    bool found = false;
    each_line(arp, [&](const std::vector<std::string>& words) {
        // IP address, HW type, Flags, HW address, Mask, Device.
        if (words.size() < 4 || words[0] != to_string(address) || words[3] == "00:00:00:00:00:00") return;
        unsigned flags = 0;
        const auto text = std::string_view{words[2]}.substr(words[2].starts_with("0x") ? 2 : 0);
        std::from_chars(text.data(), text.data() + text.size(), flags, 16);
        found = found || (flags & 0x2U) != 0;
    });
    return found;
}

Bytes fresh_question(std::uint16_t id, std::string_view label) {
    constexpr std::uint16_t recursion_desired = 0x0100;
    Writer out;
    out.u16(id).u16(recursion_desired).u16(1).u16(0).u16(0).u16(0);
    for (const auto part : {label.substr(0, 63), std::string_view{"com"}})
        out.u8(static_cast<std::uint8_t>(part.size())).put(part);
    out.u8(0).u16(1).u16(1);  // The root; A, IN.
    return out.take_bytes();
}

bool is_real_answer(BytesView datagram, std::uint16_t id) noexcept {
    Reader in{datagram};
    const bool is_ours = in.u16() == id;
    const auto flags = in.u16();
    const auto code = flags & 0x000fU;
    return in.ok() && is_ours && (flags & 0x8000U) != 0 && (code == 0 || code == 3);
}

Task<Trial::Reach> look_around(model::Configuration configuration, std::string resolver) {
    using namespace net::experimental::awaitable_operators;
    const auto gateway =
        configuration.uplink.gateway ? configuration.uplink.gateway : default_gateway(read_file("/proc/net/route"));
    auto at = parse_endpoint(configuration.dns.upstream.empty() ? resolver : configuration.dns.upstream.front() + ":53");
    const auto asked = [](std::optional<Ipv4> of) -> Task<bool> {
        if (!of) co_return false;
        co_return co_await sees_gateway(*of);
    };
    const auto answered = [](Result<net::ip::udp::endpoint> of) -> Task<bool> {
        if (!of) co_return false;
        co_return co_await dns_answers(*of);
    };
    const auto [seen, heard] = co_await (asked(gateway) && answered(std::move(at)));
    co_return Trial::Reach{.gateway = seen, .dns = heard};
}

}  // namespace vivi::bridged
