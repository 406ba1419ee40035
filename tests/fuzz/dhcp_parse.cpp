// Whatever the bytes, parsing a DHCP message ends; and what parses survives a round trip.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dhcp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace dhcp = vivi::wire::dhcp;
    const auto first = dhcp::parse(std::as_bytes(std::span{data, size}));
    if (!first) return 0;
    const auto bytes = dhcp::serialize(*first);
    const auto again = dhcp::parse(bytes);
    if (!again || dhcp::serialize(*again) != bytes) __builtin_trap();
    return 0;
}
