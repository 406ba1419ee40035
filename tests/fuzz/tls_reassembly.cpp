// However a stream is cut, shuffled, repeated and overlapped, its name is the one that it has as a whole.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/wire/tls_hello.hpp"
#include "common/wire/transport.hpp"
#include "router/pcapd/inspector.hpp"

/// The input is a script of pieces (a count; for each an offset of two bytes and a length in units of eight) and then the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    static pcapd::Inspector inspector{{.assemblies = 2}, {1, 2}};
    Reader in{std::as_bytes(std::span{data, size})};
    auto script = in.sub(std::min<std::size_t>((in.u8() % 32) * 3, in.remaining()));
    const auto stream = in.rest().first(std::min(in.remaining(), pcapd::StreamStart::capacity - 1));
    const std::uint32_t first = 0xffff'ff00;

    pcapd::Inspection state;
    std::optional<pcapd::Visited> found;
    const auto see = [&](const pcapd::Packet& packet) {
        if (state.phase == pcapd::Inspection::Phase::Over) return;
        const auto visited = inspector.inspect(7, state, packet, {});
        if (visited && (found || visited->name.empty())) __builtin_trap();
        if (visited) found = visited;
    };
    const auto send = [&](std::size_t offset, std::size_t length) {
        see({.protocol = wire::transport::tcp,
             .sequence = first + static_cast<std::uint32_t>(offset),
             .payload = stream.subspan(offset, std::min(length, stream.size() - offset))});
    };
    see({.protocol = wire::transport::tcp, .sequence = first - 1, .opens = true});
    while (!script.done() && !stream.empty()) {
        const std::size_t offset = script.u16() % stream.size();
        send(offset, script.u8() * 8U);
    }
    if (!stream.empty()) send(0, stream.size());

    const auto hello = wire::tls::parse_client_hello(stream);
    const bool is_named = hello && hello->is_complete && !hello->server_name.empty();
    if (is_named && (!found || found->name != hello->server_name)) __builtin_trap();
    inspector.forget(7, state);
    if (inspector.counts().assembling != 0) __builtin_trap();
    return 0;
}
