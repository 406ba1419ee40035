// Whatever the packet, what is taken for a router advertisement is one still when more is known of it, and none when it is cut.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/icmpv6.hpp"

#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::wire;
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto packet = ipv6::parse(bytes, size);
    if (!packet || !icmpv6::is_router_advertisement(*packet)) return 0;
    if (packet->protocol != icmpv6::protocol || packet->hop_limit != 255 || packet->payload.size() < 16) __builtin_trap();
    const auto payload_at = static_cast<std::size_t>(packet->payload.data() - bytes.data());
    const auto cut = ipv6::parse(bytes.first(payload_at + 15), size);
    if (cut && icmpv6::is_router_advertisement(*cut)) __builtin_trap();
    return 0;
}
