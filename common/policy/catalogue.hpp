// The catalogue: which category, service or imported list a name belongs to. One arena that daemons map; millions of names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"

namespace vivi::policy {

enum class TagKind : std::uint8_t { Category, Service, List };

/// What names are put to: "pornography" (Category), "youtube" (Service), an imported list by its name (List).
using TagId = std::uint16_t;

/// How far an entry reaches and what it says there. Of equally long entries of a tag an exception wins.
struct Reach {
    bool itself = true;   ///< The name. False: only what is below it (RPZ's "*.name").
    bool below = true;    ///< Everything below the name.
    bool allows = false;  ///< An exception inside a list ("@@||name^"): the tag does not hold unless a longer name says so again.
    bool important = false;  ///< Longer names without it change nothing.
    bool operator==(const Reach&) const = default;
};

/// Collects names; build() makes the arena. Names are normalised by the caller (core/domain_name.hpp).
class CatalogueBuilder {
public:
    CatalogueBuilder();
    ~CatalogueBuilder();
    /// The tag of this kind and name; made at the first call.
    TagId tag(TagKind kind, std::string_view name);
    /// Adding twice is harmless; what is not a name's length (1 to 253) is left out.
    void add(std::string_view name, TagId tag, Reach reach);
    void add(std::string_view name, TagId tag, bool with_below, bool allows = false) {
        add(name, tag, Reach{.below = with_below, .allows = allows});
    }
    std::size_t names() const noexcept;
    /// The arena; the builder is empty afterwards. The same additions in the same order give the same bytes. Overflow beyond
    /// 4 GiB or 65,535 tags.
    Result<Bytes> build();

private:
    struct Data;
    std::unique_ptr<Data> data_;
};

/// A view of an arena; whoever owns the bytes (a mapped file, a vector) must outlive it. Every offset read is checked: a damaged
/// file gives wrong answers at worst, never a crash.
class Catalogue {
public:
    /// An empty one: no names, no tags.
    Catalogue() = default;
    /// Invalid: not a catalogue, another version, cut short, or its checksum does not fit.
    static Result<Catalogue> open(BytesView arena);

    static constexpr std::size_t most_tags_of_a_name = 32;
    struct Tag {
        TagId tag = 0;
        std::uint8_t labels = 0;  ///< Of the entry that gave it: the more, the more specific.
        bool allows = false;
    };
    /// What holds for `name`: at most one entry a tag, the most specific. Fills `room` with the most specific first, gives what
    /// was used; of a name with more tags than there is room for the least specific are left out. `name` is normalised. At most
    /// 300 ns for a name of a few labels among a million (tests/bench). Allocates nothing.
    std::span<const Tag> find(std::string_view name, std::span<Tag, most_tags_of_a_name> room) const noexcept;

    /// find() in two steps, for who has other work in between: prepare() splits and hashes the name and has its places brought
    /// near, find() looks. `asked` belongs to this catalogue and refers to `name`.
    static constexpr std::size_t most_labels = 127;  ///< RFC 1035 section 2.3.4: 253 characters are no more.
    struct Asked {
        Asked() noexcept {}  // NOLINT: 127 initialisers for every name asked for would cost more than the search.
        std::string_view name{};
        std::size_t count = 0;                          ///< Of labels; 0: not a name.
        std::array<std::uint64_t, most_labels> hashes;  ///< Of the suffixes, from the shortest.
        std::array<std::uint8_t, most_labels> begins;   ///< Where they begin.
    };
    void prepare(std::string_view name, Asked& asked) const noexcept;
    std::span<const Tag> find(const Asked& asked, std::span<Tag, most_tags_of_a_name> room) const noexcept;

    std::size_t tags() const noexcept;
    TagKind kind(TagId tag) const noexcept;
    std::string_view tag_name(TagId tag) const noexcept;
    std::size_t names() const noexcept;
    /// Number of names put to this tag.
    std::size_t names_of(TagId tag) const noexcept;

private:
    BytesView arena_{};  ///< The header's offsets fit inside: open() has looked.
    BytesView records_{}, offsets_{}, marks_{}, sets_{}, tags_{}, texts_{};
    std::uint64_t seed_ = 0;
    std::uint32_t slot_count_ = 0, probes_ = 0, name_count_ = 0;

    /// The set of `name`; nothing when it is not here.
    BytesView set_of(std::string_view name, std::uint64_t hash) const noexcept;
};

}  // namespace vivi::policy
