// Whatever comes first on a proxied connection, a header that is taken has the length it said, and a cut one is not taken.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/proxy_header.hpp"

#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::wire;
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto header = proxy_header::parse(bytes);
    const auto length = proxy_header::length_of(bytes);
    if (header && length && *length != size) __builtin_trap();
    if (header && size > 0 && proxy_header::parse(bytes.first(size - 1))) __builtin_trap();
    return 0;
}
