// Whatever frames arrive, through every parser into a small flow table that denies everything, its rows add up to what it
// counted. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "router/pcapd/flow_table.hpp"

/// The input is a row of frames, each behind one byte with its length in units of eight bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    static const auto rules = policy::compile({.mode = model::Mode::AllowListed}, 1);
    static const auto engine = *policy::Engine::open(rules, {});
    pcapd::FlowTable table{{.flows = 4,
                            .names = 3,
                            .rows = 6,
                            .answers = {.answers = 4, .answers_of_a_device = 2, .devices = 2},
                            .inspector = {.assemblies = 2},
                            .denials = {.flows = 2, .rows = 2}},
                           {1, 2}};
    Reader in{std::as_bytes(std::span{data, size})};
    pcapd::Lan lan{.router_macs = {Mac{{2, 0, 0, 0, 0, 0xff}}}, .prefixes = {Ipv4Prefix{Ipv4{0x0a420001}, 22}}};
    if (size % 2 == 0) lan.next_hop = Ipv4{0x0a4203fe};
    table.set_lan(lan);
    table.set_policy(&engine);
    Instant now{};
    std::uint64_t taken = 0;
    const auto take = [&] {
        for (const auto& row : table.take(now)) taken += row.bytes_up + row.bytes_down;
    };
    while (!in.done()) {
        const std::size_t length = in.u8() * 8U;
        const auto frame = in.take(std::min(length, in.remaining()));
        if (const auto packet = pcapd::dissect(frame, frame.size() + (frame.size() % 3) * 100)) table.add(*packet, now);
        if (frame.size() % 5 == 0) now += 60s;
        if (frame.size() % 7 == 0) take();
        if (table.take_denied().size() > 2 || (frame.size() % 11 == 0 && table.take_hits().rows.size() > 2)) __builtin_trap();
    }
    take();
    const auto counts = table.counts();
    if (taken != counts.bytes_up + counts.bytes_down || counts.flows > 4 || counts.names > 3 || counts.answers > 4 ||
        counts.inspector.assembling > 2)
        __builtin_trap();
    return 0;
}
