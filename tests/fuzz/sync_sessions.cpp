// Whatever the order in which two honest ends say and hear things, neither calls the other a liar, and entries come in order.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "common/sync/hub_session.hpp"
#include "common/sync/router_session.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::sync;
    RouterSession router{Hello{}};
    HubSession hub;
    vivi::Bytes to_hub, to_router;
    std::uint64_t appended = 0, committed = 0;
    const auto some = [](vivi::Bytes& wire, std::size_t count) {
        const auto end = wire.begin() + static_cast<std::ptrdiff_t>(std::min(count, wire.size()));
        const vivi::Bytes taken{wire.begin(), end};
        wire.erase(wire.begin(), end);
        return taken;
    };
    const auto pass = [](vivi::Bytes bytes, vivi::Bytes& wire) { wire.insert(wire.end(), bytes.begin(), bytes.end()); };
    for (const auto byte : std::span{data, std::min<std::size_t>(size, 2'000)}) {
        const std::size_t count = byte >> 4;
        switch (byte & 15) {
            case 0:
            case 1: {
                const Entry entry{.sequence = appended + 1, .topic = "t", .body = std::string(count * 500, 'x')};
                appended += router.offer({&entry, 1});
                break;
            }
            case 2: pass(router.take_output(), to_hub); break;
            case 3: pass(hub.take_output(), to_router); break;
            case 4: router.want({.sha256 = std::string(64, 'a'), .offset = count}); break;
            case 5: router.snapshot({.state = "{}"}); break;
            case 6: router.ping(count); break;
            case 7: hub.ping(count); break;
            case 8: hub.config(static_cast<std::int64_t>(count), "{}"); break;
            case 9: hub.ask_for_snapshot(); break;
            case 10: hub.watch(vivi::Seconds{count}); break;
            case 11: hub.ack({.sequence = committed}); break;
            case 12:
            case 13: {
                const auto heard = hub.receive(some(to_hub, count * count * count));
                if (heard.ended) __builtin_trap();
                for (const auto& message : heard.messages) {
                    if (std::holds_alternative<Hello>(message)) hub.welcome("r", {});
                    const auto* events = std::get_if<Events>(&message);
                    if (events == nullptr) continue;
                    for (const auto& entry : events->entries) {
                        if (entry.sequence != ++committed) __builtin_trap();
                    }
                }
                break;
            }
            default:
                if (router.receive(some(to_router, count * count * count)).ended) __builtin_trap();
        }
    }
    return 0;
}
