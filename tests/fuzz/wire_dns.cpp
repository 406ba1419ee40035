// Whatever the bytes, a DNS response is read to its end, and names stay printable.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/wire/dns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::wire;
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto is_printable = [](char c) { return c > ' ' && c < 0x7f && c != '"'; };
    for (const auto& response : {dns::parse(bytes), dns::parse_tcp(bytes)}) {
        if (response && !std::ranges::all_of(response->question.text(), is_printable)) __builtin_trap();
    }
    return 0;
}
