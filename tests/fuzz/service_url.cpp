// Whatever is written where a URL belongs, it is read or refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/bytes.hpp"
#include "common/core/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto url = vivi::parse_url(vivi::as_text(std::as_bytes(std::span{data, size})));
    if (url && url->scheme.empty()) __builtin_trap();
    return 0;
}
