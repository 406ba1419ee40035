// Collects names and lays them out as an arena.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "common/policy/catalogue.hpp"
#include "common/policy/catalogue_arena.hpp"

namespace vivi::policy {
namespace {

using arena::Header;

constexpr std::size_t most_name_bytes = 253;
constexpr std::size_t most_arena_bytes = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t most_tags = 65'535;
constexpr std::uint64_t most_seeds = 16;

/// Of the builder's own table; the arena's is made at the end.
struct Slot {
    std::uint32_t fingerprint = 0;
    std::uint32_t record = 0;  ///< 0: free.
};
std::uint32_t fingerprint(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }

struct HashOfWords {
    std::size_t operator()(const std::vector<std::uint32_t>& words) const noexcept {
        std::uint64_t hash = words.size();
        for (const auto word : words) hash = arena::mix(hash ^ word);
        return hash;
    }
};

std::string_view name_at(BytesView bytes, std::size_t record) noexcept {
    const auto length = arena::load<std::uint8_t>(bytes, record + 4);
    return as_text(bytes.subspan(record + arena::record_head, length));
}

/// Records as they will be in the arena, behind room for its header, and a table to find them again.
class Records {
public:
    /// Offset of the name's record; made when there is none. 0: no room, or thousands of names that hash alike.
    std::uint32_t find_or_add(std::string_view name) {
        if (2 * (count_ + 1) > slots_.size() && !grow()) return 0;
        const auto hash = arena::hash_name(0, name);
        auto* const slot = slot_of(name, hash);
        if (slot == nullptr) return 0;
        if (slot->record != 0) return slot->record;
        if (bytes_.size() + arena::record_head + name.size() > most_arena_bytes) return 0;
        const auto offset = static_cast<std::uint32_t>(bytes_.size());
        *slot = {fingerprint(hash), offset};
        bytes_.resize(offset + arena::record_head);
        bytes_[offset + 4] = static_cast<std::byte>(name.size());
        const auto text = as_bytes(name);
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        ++count_;
        return offset;
    }
    std::size_t count() const noexcept { return count_; }

    /// The bytes so far; the table is not needed any more.
    Bytes take() {
        slots_ = {};
        count_ = 0;
        return std::exchange(bytes_, Bytes(sizeof(Header)));
    }

private:
    static constexpr std::uint32_t most_probes = 4'096;

    /// Where the name is or would be. Nothing after too many others: a list made to be slow is refused instead.
    Slot* slot_of(std::string_view name, std::uint64_t hash) noexcept {
        const auto size = static_cast<std::uint32_t>(slots_.size());
        auto at = arena::home(hash, size);
        for (std::uint32_t probe = 0; probe < most_probes; ++probe, at = at + 1 == size ? 0 : at + 1) {
            auto& slot = slots_[at];
            if (slot.record == 0) return &slot;
            if (slot.fingerprint == fingerprint(hash) && name_at(bytes_, slot.record) == name) return &slot;
        }
        return nullptr;
    }
    bool grow() {
        slots_.assign(std::max<std::size_t>(1'024, 2 * slots_.size()), {});
        for (std::size_t record = sizeof(Header); record < bytes_.size();) {
            const auto name = name_at(bytes_, record);
            const auto hash = arena::hash_name(0, name);
            auto* const slot = slot_of(name, hash);
            if (slot == nullptr) return false;
            *slot = {fingerprint(hash), static_cast<std::uint32_t>(record)};
            record += arena::record_head + name.size();
        }
        return true;
    }

    Bytes bytes_ = Bytes(sizeof(Header));
    std::vector<Slot> slots_{};  ///< At most half full.
    std::size_t count_ = 0;
};

struct Slots {
    std::vector<std::uint32_t> offsets{};
    std::vector<std::uint8_t> marks{};
};

/// Slots for all records of `bytes`, 60 % full; nothing when a name would be more than `arena::most_probes` from its home.
std::optional<Slots> lay_out(BytesView bytes, Header& header) {
    Slots slots{std::vector<std::uint32_t>(header.slots), std::vector<std::uint8_t>(header.slots)};
    header.probes = 1;
    for (std::size_t record = sizeof(Header); record < bytes.size();) {
        const auto name = name_at(bytes, record);
        const auto hash = arena::hash_name(header.seed, name);
        auto at = arena::home(hash, header.slots);
        std::uint32_t probes = 1;
        for (; slots.marks[at] != 0; ++probes) at = at + 1 == header.slots ? 0 : at + 1;
        if (probes > arena::most_probes) return std::nullopt;
        slots.marks[at] = arena::mark(hash);
        slots.offsets[at] = static_cast<std::uint32_t>(record);
        header.probes = std::max(header.probes, probes);
        record += arena::record_head + name.size();
    }
    return slots;
}

template <class T>
std::uint32_t append(Bytes& bytes, std::span<const T> values) {
    bytes.resize((bytes.size() + 7) & ~std::size_t{7});
    const auto at = bytes.size();
    const auto added = std::as_bytes(values);
    bytes.insert(bytes.end(), added.begin(), added.end());
    return static_cast<std::uint32_t>(at);
}

/// What the pairs (record << 32 | tag << 16 | bits) say, as sets that the records point to; counts each tag's names.
std::vector<std::uint32_t> make_sets(std::vector<std::uint64_t>& pairs, Bytes& bytes, std::vector<arena::TagRow>& tags) {
    std::ranges::sort(pairs);
    std::vector<std::uint32_t> words, set;
    std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, HashOfWords> known;
    for (std::size_t at = 0; at < pairs.size();) {
        const auto record = pairs[at] >> 32;
        set.clear();
        for (; at < pairs.size() && pairs[at] >> 32 == record; ++at) {
            const auto word = static_cast<std::uint32_t>(pairs[at]);
            if (!set.empty() && set.back() >> 16 == word >> 16) {
                set.back() |= word;
            } else {
                set.push_back(word);
                ++tags[word >> 16].names;
            }
        }
        const auto [entry, is_new] = known.try_emplace(set, static_cast<std::uint32_t>(words.size()));
        if (is_new) {
            words.push_back(static_cast<std::uint32_t>(set.size()));
            words.insert(words.end(), set.begin(), set.end());
        }
        std::memcpy(bytes.data() + record, &entry->second, sizeof entry->second);
    }
    return words;
}

}  // namespace

struct CatalogueBuilder::Data {
    Records records{};
    std::vector<std::uint64_t> pairs{};  ///< record << 32 | tag << 16 | bits.
    std::vector<arena::TagRow> tags{};
    std::string texts{};
    std::map<std::pair<TagKind, std::string>, TagId, std::less<>> ids{};
    bool overflown = false;
};

CatalogueBuilder::CatalogueBuilder() : data_{std::make_unique<Data>()} {}
CatalogueBuilder::~CatalogueBuilder() = default;

TagId CatalogueBuilder::tag(TagKind kind, std::string_view name) {
    name = name.substr(0, std::numeric_limits<std::uint16_t>::max());
    const auto next = static_cast<TagId>(data_->tags.size());
    if (data_->tags.size() == most_tags) {
        const auto known = data_->ids.find(std::pair{kind, std::string{name}});
        data_->overflown = data_->overflown || known == data_->ids.end();
        return known == data_->ids.end() ? next : known->second;
    }
    const auto [entry, is_new] = data_->ids.try_emplace({kind, std::string{name}}, next);
    if (is_new) {
        data_->tags.push_back({.text_at = static_cast<std::uint32_t>(data_->texts.size()),
                               .text_size = static_cast<std::uint16_t>(name.size()),
                               .kind = static_cast<std::uint16_t>(kind)});
        data_->texts += name;
    }
    return entry->second;
}

void CatalogueBuilder::add(std::string_view name, TagId tag, Reach reach) {
    if (name.empty() || name.size() > most_name_bytes || tag >= data_->tags.size()) return;
    const auto record = data_->records.find_or_add(name);
    if (record == 0) {
        data_->overflown = true;
        return;
    }
    data_->pairs.push_back(std::uint64_t{record} << 32 | std::uint32_t{tag} << 16 | arena::bits_of(reach));
}

std::size_t CatalogueBuilder::names() const noexcept { return data_->records.count(); }

Result<Bytes> CatalogueBuilder::build() {
    const auto data = std::exchange(data_, std::make_unique<Data>());
    Header header{.names = static_cast<std::uint32_t>(data->records.count()),
                  .tags = static_cast<std::uint32_t>(data->tags.size()),
                  .text_bytes = static_cast<std::uint32_t>(data->texts.size())};
    header.slots = static_cast<std::uint32_t>(header.names + header.names * 2ULL / 3 + 1);
    auto bytes = data->records.take();
    const auto sets = make_sets(data->pairs, bytes, data->tags);
    data->pairs = {};
    const auto whole = bytes.size() + 5ULL * header.slots + sets.size() * 4 + data->tags.size() * sizeof(arena::TagRow) +
                       data->texts.size() + 48;
    if (data->overflown || whole > most_arena_bytes) return failed(Code::Overflow, "more names or tags than a catalogue holds");
    std::optional<Slots> slots;
    while (!slots && header.seed < most_seeds) {
        ++header.seed;
        slots = lay_out(bytes, header);
    }
    if (!slots) return failed(Code::Overflow, "names that hash alike: no seed spreads them");
    bytes.reserve(whole);
    header.offsets_at = append<std::uint32_t>(bytes, slots->offsets);
    header.marks_at = append<std::uint8_t>(bytes, slots->marks);
    header.sets_at = append<std::uint32_t>(bytes, sets);
    header.set_words = static_cast<std::uint32_t>(sets.size());
    header.tags_at = append<arena::TagRow>(bytes, data->tags);
    header.texts_at = append<char>(bytes, data->texts);
    arena::seal(bytes, header);
    return bytes;
}

}  // namespace vivi::policy
