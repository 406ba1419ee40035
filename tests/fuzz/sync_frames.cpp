// Whatever a stream brings, both sessions end or go on; and what parses survives a round trip.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "common/sync/hub_session.hpp"
#include "common/sync/router_session.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::sync;
    const auto bytes = std::as_bytes(std::span{data, size});
    RouterSession router{Hello{}};
    router.receive(bytes);
    HubSession hub;
    const auto heard = hub.receive(bytes.first(size / 2));
    if (!heard.messages.empty() && std::holds_alternative<Hello>(heard.messages[0]) && !hub.is_ended()) hub.welcome("r", {});
    hub.receive(bytes.subspan(size / 2));
    if (const auto blob = parse_blob(bytes)) {
        const auto frame = serialize(*blob);
        const auto again = parse_blob(vivi::BytesView{frame}.subspan(5));
        if (!again || *again != *blob) __builtin_trap();
    }
    if (const auto want = parse_want(bytes)) {
        const auto frame = serialize(*want);
        const auto again = parse_want(vivi::BytesView{frame}.subspan(5));
        if (!again || *again != *want) __builtin_trap();
    }
    if (const auto snapshot = parse_snapshot(bytes)) {
        const auto frame = serialize(*snapshot);
        const auto again = parse_snapshot(vivi::BytesView{frame}.subspan(5));
        if (!again || *again != *snapshot) __builtin_trap();
    }
    const auto events = parse_events(bytes);
    if (!events) return 0;
    const auto frame = serialize(*events);
    const auto again = parse_events(vivi::BytesView{frame}.subspan(5));
    if (!again || *again != *events) __builtin_trap();
    return 0;
}
