// One bit for each byte says whether it is there.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/stream_start.hpp"

#include <algorithm>

namespace vivi::pcapd {

void StreamStart::add(std::uint64_t offset, BytesView piece) noexcept {
    if (offset >= capacity) return;
    const auto first = static_cast<std::size_t>(offset);
    const auto size = std::min(piece.size(), capacity - first);
    for (std::size_t i = 0; i < size; ++i) {
        if (is_there_[first + i]) continue;
        is_there_[first + i] = true;
        bytes_[first + i] = piece[i];
    }
    while (whole_ < capacity && is_there_[whole_]) ++whole_;
}

}  // namespace vivi::pcapd
