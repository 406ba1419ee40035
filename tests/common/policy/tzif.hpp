// Writes TZif files for tests: the bytes of RFC 9636, as small as they may be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/policy/time_zone.hpp"

namespace vivi::policy::test {

struct Tzif {
    char version = '2';
    std::vector<std::int32_t> offsets{0};  ///< The local time types.
    std::vector<std::int64_t> times{};     ///< Transitions …
    std::vector<std::uint8_t> types{};     ///< … and to which type.
    std::string_view footer{};
    std::uint32_t leap_seconds = 0;
};

inline void put_block(Writer& out, const Tzif& tzif, bool is_wide) {
    out.put("TZif").u8(tzif.version == '1' ? 0 : static_cast<std::uint8_t>(tzif.version)).zeros(15);
    out.u32(0).u32(0).u32(tzif.leap_seconds).u32(static_cast<std::uint32_t>(tzif.times.size()));
    out.u32(static_cast<std::uint32_t>(tzif.offsets.size())).u32(4);
    for (const auto time : tzif.times)
        is_wide ? out.u64(static_cast<std::uint64_t>(time)) : out.u32(static_cast<std::uint32_t>(time));
    for (const auto type : tzif.types) out.u8(type);
    for (const auto offset : tzif.offsets) out.u32(static_cast<std::uint32_t>(offset)).u8(0).u8(0);
    out.put("LMT").u8(0);
}

inline Bytes bytes_of(const Tzif& tzif) {
    Writer out;
    if (tzif.version == '1') {
        put_block(out, tzif, false);
        return out.take_bytes();
    }
    put_block(out, {.version = tzif.version}, false);  // Readers of version 2 and later skip it (RFC 9636 section 3).
    put_block(out, tzif, true);
    out.put("\n").put(tzif.footer).put("\n");
    return out.take_bytes();
}

/// A zone that is nothing but its rule.
inline TimeZone zone_of(std::string_view footer) { return parse_time_zone(bytes_of({.version = '3', .footer = footer})).value(); }

}  // namespace vivi::policy::test
