// Whatever the file, reading it ends, and a time zone that was read has an offset and a next transition at every moment.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/time_zone.hpp"

#include "common/policy/time_zone_footer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    const auto bytes = std::as_bytes(std::span{data, size});
    if (const auto footer = policy::parse_footer(as_text(bytes))) policy::changes_around(*footer, 1'795'642'200);
    const auto zone = policy::parse_time_zone(bytes);
    if (!zone) return 0;
    for (const auto at :
         {WallTime::min(), WallTime{}, from_unix_ms(1'795'642'200'123), from_unix_ms(1LL << 50), WallTime::max()}) {
        const auto offset = zone->offset(at);
        if (offset > 48h || offset < -48h) __builtin_trap();
        const auto next = zone->next_transition(at);
        if (next && *next <= at && at < from_unix_ms(1LL << 50)) __builtin_trap();
    }
    return 0;
}
