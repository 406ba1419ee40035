// Whatever a peer answers, reading it ends; and what was read in pieces is what was read at once.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/bytes.hpp"
#include "common/http/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    const auto bytes = as_text(std::as_bytes(std::span{data, size}));
    http::ResponseParser whole{"GET"}, pieces{"GET"};
    if (!whole.feed(bytes) || !whole.is_done()) return 0;  // Pieces may show earlier that it is wrong.
    bool is_http_too = true;
    for (std::size_t i = 0; i < bytes.size() && is_http_too; ++i) is_http_too = pieces.feed(bytes.substr(i, 1)).has_value();
    if (!(pieces.is_done() && pieces.take().body == whole.take().body)) __builtin_trap();
    return 0;
}
