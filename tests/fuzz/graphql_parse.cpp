// Whatever the text, lexer and parser end, within their bounds, and say where a problem is.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string source{data, data + size};
    const auto document = vivi::graphql::parse(source, {.tokens = 2'000, .nesting = 64});
    if (!document && document.error().locations.size() != 1) __builtin_trap();
    return 0;
}
