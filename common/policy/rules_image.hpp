// The image of a compiled policy: how it lies in memory, and reads that no damaged file can lead astray.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/policy/verdict.hpp"
#include "common/policy/views.hpp"

/// One arena, numbers in the order of the machine that wrote it (it never leaves that machine; another order reads as another
/// version):
///
///     +--------+---------+-------+-------+-------+---------+------+---------+--------------+----------+---------+-------+-------+
///     | Header | Devices | Views | Slots | Names | Entries | Tags | Lengths | PrefixSlots  | Prefixes | Address | Rules | Texts
///     | |        | by MAC  | by id | hash  |       |         |      | longest | hash         |          | Entries |       |
///     bytes |
///     +--------+---------+-------+-------+-------+---------+------+---------+--------------+----------+---------+-------+-------+
///
///     name "ads.example.org"      hash of each suffix, label by label from the right
///        "org" -> Slots -> nothing
///        "example.org" -> Slots -> Names[7] -> Entries[31..34), sorted by view -> the rules of each view
///     address 192.0.2.9           for each length in Lengths, longest first: masked, hashed
///        /24 -> PrefixSlots -> Prefixes[2] -> AddressEntries[4..6), sorted by view
///     a tag of the catalogue      bound by (kind, name) when the engine opens the image
///        category "pornography" -> Tags[1] -> Entries[40..41)
namespace vivi::policy::image {

inline constexpr std::uint64_t magic = 0x454c555249564956;  // "VIVIRULE" on a little-endian machine.
inline constexpr std::uint32_t version = 1;

enum class Section : std::uint8_t {
    Devices,
    Views,
    Slots,
    Names,
    Entries,
    Tags,
    Lengths,
    PrefixSlots,
    Prefixes,
    AddressEntries,
    Rules,
    Texts
};
inline constexpr std::size_t sections = 12;

struct Place {
    std::uint32_t offset = 0;  ///< From the start of the arena, a multiple of 8.
    std::uint32_t count = 0;   ///< Of rows; of bytes for Texts.
};

struct Header {
    std::uint64_t magic = image::magic;
    std::uint64_t checksum = 0;  ///< Of everything behind this member.
    std::int64_t revision = 0;
    std::uint32_t version = image::version;
    std::uint32_t size = 0;  ///< Of the arena.
    std::uint32_t mode = 0;
    std::uint32_t new_devices = 0;
    std::array<Place, sections> places{};
};
inline constexpr std::size_t checksum_from = 16;

/// Texts[offset, offset + length)
struct Text {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

struct DeviceRow {
    static constexpr auto section = Section::Devices;
    std::array<std::uint8_t, 6> mac{};
    std::uint8_t standing = 0;  ///< policy::Standing
    std::uint8_t unused = 0;
    ViewId view = everybody;
    RuleId rule = no_rule;  ///< That gave the standing.
};

struct ViewRow {
    static constexpr auto section = Section::Views;
    ViewId view = everybody;
    ViewId group = everybody;  ///< Whose rules hold too; everybody: of none.
    std::uint32_t mode = 0;    ///< model::Mode
};

/// Open addressing, linear probing; a power of two of them, at most half in use.
struct SlotRow {
    static constexpr auto section = Section::Slots;
    std::uint32_t hash = 0;
    std::uint32_t row = 0;  ///< Plus one; 0: empty.
};
struct PrefixSlotRow {
    static constexpr auto section = Section::PrefixSlots;
    std::uint32_t hash = 0;
    std::uint32_t row = 0;
};

struct NameRow {
    static constexpr auto section = Section::Names;
    Text text{};
    std::uint32_t first = 0;  ///< In Entries.
    std::uint32_t count = 0;
};

inline constexpr std::uint32_t denies = 1;      ///< Otherwise allows.
inline constexpr std::uint32_t name_alone = 2;  ///< Not what is below.
inline constexpr std::uint32_t only_tcp = 4;
inline constexpr std::uint32_t only_udp = 8;

/// Views have 30 bits: this one, of the essential names, is none of them.
inline constexpr ViewId essential_view = 0xffffffff;

struct EntryRow {
    static constexpr auto section = Section::Entries;
    ViewId view = everybody;
    RuleId rule = no_rule;
    std::uint32_t flags = 0;
};

struct TagRow {
    static constexpr auto section = Section::Tags;
    std::uint32_t kind = 0;  ///< policy::TagKind
    Text name{};
    std::uint32_t first = 0;  ///< In Entries.
    std::uint32_t count = 0;
};

struct LengthRow {
    static constexpr auto section = Section::Lengths;
    std::uint32_t length = 0;
};

struct PrefixRow {
    static constexpr auto section = Section::Prefixes;
    std::array<std::uint8_t, 16> address{};
    std::uint32_t length = 0;
    std::uint32_t first = 0;  ///< In AddressEntries.
    std::uint32_t count = 0;
};

struct AddressEntryRow {
    static constexpr auto section = Section::AddressEntries;
    ViewId view = everybody;
    RuleId rule = no_rule;
    std::uint32_t flags = 0;
    std::uint32_t port = 0;  ///< 0: any.
};

/// Which member of the document the rule comes from.
enum class Member : std::uint8_t {
    None,
    ProtectedDevices,
    Devices,
    NeverBlocked,
    Domains,
    Addresses,
    Services,
    Categories,
    Lists
};
inline constexpr std::size_t members = 9;

struct RuleRow {
    static constexpr auto section = Section::Rules;
    std::uint32_t member = 0;
    std::uint32_t position = 0;  ///< In that member of the document.
    Text words{};
};

/// A hash that can be continued byte by byte: FNV-1a. Names are fed from their last byte to their first.
inline constexpr std::uint64_t hash_start = 0xcbf29ce484222325ULL;
constexpr std::uint64_t hash_on(std::uint64_t hash, std::uint8_t octet) noexcept { return (hash ^ octet) * 0x100000001b3ULL; }
/// What is kept of it: its bits of most disorder.
constexpr std::uint32_t hash_end(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>((hash ^ hash >> 29) * 0x9e3779b97f4a7c15ULL >> 32);
}
std::uint32_t hash_of(std::string_view name) noexcept;
std::uint32_t hash_of(const Ipv6& masked, std::uint32_t length) noexcept;
Ipv6 masked(const Ipv6& address, std::uint32_t length) noexcept;

std::uint64_t checksum_of(BytesView arena) noexcept;

/// A view of an arena whose header and sections were checked. Rows beyond a section's end read as rows at their defaults, texts
/// as empty: whatever the rows say, no read leaves the arena.
class Image {
public:
    Image() = default;
    /// Invalid: not an image, another version, cut short, its checksum does not fit, or a section lies outside.
    static Result<Image> open(BytesView arena);

    const Header& header() const noexcept { return header_; }
    template <class Row>
    std::uint32_t count() const noexcept {
        return header_.places[static_cast<std::size_t>(Row::section)].count;
    }
    template <class Row>
    Row row(std::uint32_t index) const noexcept {
        static_assert(std::is_trivially_copyable_v<Row> && std::has_unique_object_representations_v<Row>);
        const auto& place = header_.places[static_cast<std::size_t>(Row::section)];
        Row row{};
        if (index < place.count) std::memcpy(&row, arena_.data() + place.offset + sizeof(Row) * index, sizeof(Row));
        return row;
    }
    std::string_view text(Text text) const noexcept;

    /// Index of the row of this name or prefix, or nothing (no_row).
    static constexpr std::uint32_t no_row = 0xffffffff;
    std::uint32_t find_name(std::string_view name, std::uint32_t hash) const noexcept;
    std::uint32_t find_prefix(const Ipv6& masked, std::uint32_t length) const noexcept;

private:
    BytesView arena_{};
    Header header_{};
};

}  // namespace vivi::policy::image
