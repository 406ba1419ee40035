// Why a packet could not be read: small enough for a hot path, no text, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vivi::wire {

enum class ParseError : std::uint8_t {
    Truncated,    ///< It ends before it should: cut by the snapshot length, or by its sender.
    Malformed,    ///< It contradicts itself or its specification.
    Unsupported,  ///< Well-formed, but of a kind that this parser is not for.
};

}  // namespace vivi::wire
