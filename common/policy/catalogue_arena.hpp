// The bytes of a catalogue, shared by who makes them and who looks into them: where everything is, and how names are hashed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/policy/catalogue.hpp"

// header | records | offsets | marks | sets | tags | texts
//
// record: u32 set (its first word), u8 length, the name.          One a name, in the order they came.
// slot:   a mark (u8; 0: free) in `marks` and the offset of a record (u32) in `offsets`. Open addressing, the next slot on a
//         collision. Marks alone answer most questions for names that are not here: a million of them fit into a cache.
// set:    u32 count, then count × (u32: tag << 16 | bits).        What a name is put to; equal sets are kept once.
// tag:    u32 offset into texts, u16 length, u16 kind, u32 names.
//
// Numbers are little-endian and read in place by both processors Vivi runs on; there is no code for others.
namespace vivi::policy::arena {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::uint64_t magic = 0x7461632d69766976;  ///< "vivi-cat".
inline constexpr std::uint32_t version = 2;
inline constexpr std::uint32_t most_probes = 256;  ///< The builder tries another seed before a name is that far from its slot.

struct Header {
    std::uint64_t magic = 0;
    std::uint64_t checksum = 0;  ///< Of everything after this member.
    std::uint64_t size = 0;      ///< Of the whole arena.
    std::uint64_t seed = 0;      ///< Of the hashes.
    std::uint32_t version = 0;
    std::uint32_t names = 0;
    std::uint32_t probes = 0;  ///< The farthest a name is from its slot; a search for one that is absent ends there.
    std::uint32_t offsets_at = 0, marks_at = 0, slots = 0;
    std::uint32_t sets_at = 0, set_words = 0;
    std::uint32_t tags_at = 0, tags = 0;
    std::uint32_t texts_at = 0, text_bytes = 0;
};
static_assert(sizeof(Header) == 80 && std::has_unique_object_representations_v<Header>);
inline constexpr std::size_t checked_from = 16;

struct TagRow {
    std::uint32_t text_at = 0;
    std::uint16_t text_size = 0;
    std::uint16_t kind = 0;
    std::uint32_t names = 0;
};
static_assert(sizeof(TagRow) == 12);

inline constexpr std::size_t record_head = 5;

/// How a name is put to a tag, as some of 8 bits: entries of each kind may be there at once.
constexpr std::uint32_t bits_of(const Reach& reach) noexcept {
    return ((reach.itself ? 1U : 0U) | (reach.below ? 2U : 0U)) << ((reach.allows ? 2U : 0U) + (reach.important ? 4U : 0U));
}
inline constexpr std::uint32_t itself_bits = 0b01010101, below_bits = 0b10101010, allow_bits = 0b11001100,
                               important_bits = 0b11110000;

/// The value at `offset`, or T{} when it is not inside.
template <class T>
T load(BytesView bytes, std::size_t offset) noexcept {
    T value{};
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof(T)) std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

inline std::uint64_t mix(std::uint64_t value) noexcept {
    value *= 0x9e3779b97f4a7c15;
    return value ^ value >> 32;
}

/// The hash of a name from that of its parent and its first label, so that all suffixes of a name cost one pass over it.
inline std::uint64_t hash_label(std::uint64_t parent, std::string_view label) noexcept {
    auto hash = parent ^ label.size() << 56;
    for (; label.size() > 8; label.remove_prefix(8)) hash = mix(hash ^ load<std::uint64_t>(as_bytes(label), 0));
    std::uint64_t last = 0;
    std::memcpy(&last, label.data(), label.size());
    return mix(mix(hash ^ last) + 0x2545f4914f6cdd1d);
}

inline std::uint64_t hash_name(std::uint64_t seed, std::string_view name) noexcept {
    for (;;) {
        const auto dot = name.rfind('.');
        seed = hash_label(seed, name.substr(dot == std::string_view::npos ? 0 : dot + 1));
        if (dot == std::string_view::npos) return seed;
        name = name.substr(0, dot);
    }
}

/// 8 bits that home() does not use, never 0.
inline std::uint8_t mark(std::uint64_t hash) noexcept { return std::max<std::uint8_t>(1, static_cast<std::uint8_t>(hash)); }
/// Where a name with this hash would like to be, below `slots`.
inline std::uint32_t home(std::uint64_t hash, std::uint32_t slots) noexcept {
    return static_cast<std::uint32_t>((hash >> 32) * slots >> 32);
}

/// Tells an arena that was cut short or damaged from a whole one, at the speed of memory. Not cryptographic.
inline std::uint64_t checksum(BytesView bytes) noexcept {
    std::array<std::uint64_t, 4> lanes{1, 2, 3, bytes.size()};
    std::size_t at = 0;
    for (; bytes.size() - at >= 32; at += 32) {
        for (std::size_t lane = 0; lane < 4; ++lane) lanes[lane] = mix(lanes[lane] ^ load<std::uint64_t>(bytes, at + 8 * lane));
    }
    for (; at < bytes.size(); ++at) lanes[at % 4] = mix(lanes[at % 4] ^ std::to_integer<std::uint64_t>(bytes[at]));
    return mix(mix(mix(mix(lanes[0]) ^ lanes[1]) ^ lanes[2]) ^ lanes[3]);
}

/// Writes the head, complete with magic, version, size and checksum, over the front of what is behind it already.
inline void seal(std::span<std::byte> bytes, Header header) noexcept {
    header.magic = magic;
    header.version = version;
    header.size = bytes.size();
    std::memcpy(bytes.data(), &header, sizeof header);
    header.checksum = checksum(bytes.subspan(checked_from));
    std::memcpy(bytes.data(), &header, sizeof header);
}

}  // namespace vivi::policy::arena
