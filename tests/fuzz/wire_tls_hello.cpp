// Whatever the bytes, a ClientHello is read to its end; cut by one byte, it is not complete any more.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/tls_hello.hpp"

#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::wire;
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto hello = tls::parse_client_hello(bytes);
    if (!hello || hello->is_complete) return 0;
    if (size == 0) return 0;
    const auto shorter = tls::parse_client_hello(bytes.first(size - 1));
    if (shorter && shorter->is_complete) __builtin_trap();
    return 0;
}
