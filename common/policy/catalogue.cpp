// Looks into an arena. Nothing in it is trusted: every offset is compared with where its section ends.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/catalogue.hpp"

#include <array>

#include "common/policy/catalogue_arena.hpp"

namespace vivi::policy {
namespace {

using arena::Header;
using arena::load;

constexpr std::size_t most_name_bytes = 253;

/// Number of labels; 0 when there are too many.
std::size_t split(std::string_view name, std::uint64_t seed, Catalogue::Asked& asked) noexcept {
    std::size_t count = 0;
    for (auto end = name.size();;) {
        if (count == Catalogue::most_labels) return 0;
        auto begin = end;
        while (begin > 0 && name[begin - 1] != '.') --begin;
        seed = arena::hash_label(seed, name.substr(begin, end - begin));
        asked.hashes[count] = seed;
        asked.begins[count++] = static_cast<std::uint8_t>(begin);
        if (begin == 0) return count;
        end = begin - 1;
    }
}

/// What is gathered for one name while its suffixes are walked from the longest to the shortest.
class Gathered {
public:
    explicit Gathered(std::span<Catalogue::Tag, Catalogue::most_tags_of_a_name> room) noexcept : room_{room} {}

    /// An entry of a suffix of `labels` labels; `bits` are those that reach the name asked for.
    void put(TagId tag, std::uint8_t labels, std::uint32_t bits) noexcept {
        const auto is_important = (bits & arena::important_bits) != 0;
        if (is_important) bits &= arena::important_bits;
        const Catalogue::Tag entry{tag, labels, (bits & arena::allow_bits) != 0};
        for (std::size_t i = 0; i < used_; ++i) {
            if (room_[i].tag != tag) continue;
            if (is_important && (important_ >> i & 1) == 0) set(i, entry, is_important);
            return;
        }
        if (used_ < room_.size()) set(used_++, entry, is_important);
    }
    std::span<const Catalogue::Tag> view() const noexcept { return room_.first(used_); }

private:
    void set(std::size_t at, const Catalogue::Tag& entry, bool is_important) noexcept {
        room_[at] = entry;
        important_ |= std::uint32_t{is_important} << at;
    }

    std::span<Catalogue::Tag, Catalogue::most_tags_of_a_name> room_;
    std::size_t used_ = 0;
    std::uint32_t important_ = 0;  ///< A bit each of room_.
};
static_assert(Catalogue::most_tags_of_a_name <= 32);

/// `count` rows of `row_bytes` at `at`; nothing when they are not inside.
std::optional<BytesView> section(BytesView arena, std::uint32_t at, std::uint32_t count, std::size_t row_bytes) noexcept {
    if (at > arena.size() || (arena.size() - at) / row_bytes < count) return std::nullopt;
    return arena.subspan(at, count * row_bytes);
}

}  // namespace

Result<Catalogue> Catalogue::open(BytesView arena) {
    const auto header = load<Header>(arena, 0);
    if (header.magic != arena::magic) return failed(Code::Invalid, "not a catalogue");
    if (header.version != arena::version)
        return failed(Code::Invalid, "a catalogue of version " + std::to_string(header.version) + ", this program reads " +
                                         std::to_string(arena::version));
    if (header.size != arena.size()) return failed(Code::Invalid, "a catalogue that was cut short or has more behind it");
    if (header.checksum != arena::checksum(arena.subspan(arena::checked_from)))
        return failed(Code::Invalid, "a damaged catalogue: its checksum does not fit");
    const auto offsets = section(arena, header.offsets_at, header.slots, sizeof(std::uint32_t));
    const auto marks = section(arena, header.marks_at, header.slots, 1);
    const auto sets = section(arena, header.sets_at, header.set_words, sizeof(std::uint32_t));
    const auto tags = section(arena, header.tags_at, header.tags, sizeof(arena::TagRow));
    const auto texts = section(arena, header.texts_at, header.text_bytes, 1);
    if (!offsets || !marks || !sets || !tags || !texts || header.slots == 0 || header.probes > arena::most_probes)
        return failed(Code::Invalid, "a damaged catalogue: its parts do not fit");
    Catalogue catalogue;
    catalogue.arena_ = arena;
    catalogue.records_ = arena.first(header.offsets_at);
    catalogue.offsets_ = *offsets;
    catalogue.marks_ = *marks;
    catalogue.sets_ = *sets;
    catalogue.tags_ = *tags;
    catalogue.texts_ = *texts;
    catalogue.seed_ = header.seed;
    catalogue.slot_count_ = header.slots;
    catalogue.probes_ = header.probes;
    catalogue.name_count_ = header.names;
    return catalogue;
}

BytesView Catalogue::set_of(std::string_view name, std::uint64_t hash) const noexcept {
    const auto mark = static_cast<std::byte>(arena::mark(hash));
    auto at = arena::home(hash, slot_count_);
    for (std::uint32_t probe = 0; probe < probes_; ++probe, at = at + 1 == slot_count_ ? 0 : at + 1) {
        if (marks_[at] == std::byte{0}) return {};
        if (marks_[at] != mark) continue;
        // The mark may lie, the text does not.
        const auto record = load<std::uint32_t>(offsets_, std::size_t{at} * sizeof(std::uint32_t));
        if (record > records_.size() || records_.size() - record < arena::record_head + name.size()) continue;
        if (load<std::uint8_t>(records_, record + 4) != name.size()) continue;
        if (as_text(records_.subspan(record + arena::record_head, name.size())) != name) continue;
        const auto first = std::size_t{load<std::uint32_t>(records_, record)} * 4;
        if (first >= sets_.size()) return {};
        const auto words = sets_.subspan(first + 4);
        return words.first(std::min<std::size_t>(load<std::uint32_t>(sets_, first), words.size() / 4) * 4);
    }
    return {};
}

void Catalogue::prepare(std::string_view name, Asked& asked) const noexcept {
    asked.name = name;
    asked.count = 0;
    if (name_count_ == 0 || name.empty() || name.size() > most_name_bytes) return;
    asked.count = split(name, seed_, asked);
    // The slots of all suffixes are fetched at once; one after the other would be one wait each.
    for (std::size_t i = 0; i < asked.count; ++i) {
        const std::size_t at = arena::home(asked.hashes[i], slot_count_);
        __builtin_prefetch(marks_.data() + at);
        __builtin_prefetch(offsets_.data() + at * sizeof(std::uint32_t));
    }
}

std::span<const Catalogue::Tag> Catalogue::find(const Asked& asked, std::span<Tag, most_tags_of_a_name> room) const noexcept {
    Gathered gathered{room};
    for (auto labels = asked.count; labels > 0; --labels) {
        const auto reach = labels == asked.count ? arena::itself_bits : arena::below_bits;
        const auto set = set_of(asked.name.substr(asked.begins[labels - 1]), asked.hashes[labels - 1]);
        for (std::size_t at = 0; at < set.size(); at += 4) {
            const auto word = load<std::uint32_t>(set, at);
            if ((word & reach) != 0)
                gathered.put(static_cast<TagId>(word >> 16), static_cast<std::uint8_t>(labels), word & reach);
        }
    }
    return gathered.view();
}

std::span<const Catalogue::Tag> Catalogue::find(std::string_view name, std::span<Tag, most_tags_of_a_name> room) const noexcept {
    Asked asked;
    prepare(name, asked);
    return find(asked, room);
}

std::size_t Catalogue::tags() const noexcept { return tags_.size() / sizeof(arena::TagRow); }

TagKind Catalogue::kind(TagId tag) const noexcept {
    const auto kind = load<arena::TagRow>(tags_, tag * sizeof(arena::TagRow)).kind;
    return kind <= static_cast<std::uint16_t>(TagKind::List) ? static_cast<TagKind>(kind) : TagKind::Category;
}

std::string_view Catalogue::tag_name(TagId tag) const noexcept {
    const auto row = load<arena::TagRow>(tags_, tag * sizeof(arena::TagRow));
    const auto texts = as_text(texts_);
    return row.text_at <= texts.size() ? texts.substr(row.text_at, row.text_size) : std::string_view{};
}

std::size_t Catalogue::names() const noexcept { return name_count_; }

std::size_t Catalogue::names_of(TagId tag) const noexcept {
    return load<arena::TagRow>(tags_, tag * sizeof(arena::TagRow)).names;
}

}  // namespace vivi::policy
