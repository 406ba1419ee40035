// Opening an image: everything is checked once, so that deciding has little left to check.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/rules_image.hpp"

#include <algorithm>
#include <bit>

namespace vivi::policy::image {
namespace {

constexpr std::array<std::size_t, sections> row_sizes{
    sizeof(DeviceRow), sizeof(ViewRow), sizeof(SlotRow),   sizeof(NameRow),         sizeof(EntryRow), sizeof(TagRow),
    sizeof(LengthRow), sizeof(SlotRow), sizeof(PrefixRow), sizeof(AddressEntryRow), sizeof(RuleRow),  1};

bool is_power_of_two_or_none(std::uint32_t count) noexcept { return (count & (count - 1)) == 0; }

/// Follows the probes of `hash` until `is_it` says yes, an empty slot, or once around.
template <class Slot, class IsIt>
std::uint32_t probe(const Image& image, std::uint32_t hash, IsIt is_it) noexcept {
    const auto count = image.count<Slot>();
    for (std::uint32_t step = 0; step < count; ++step) {
        const auto slot = image.row<Slot>((hash + step) & (count - 1));
        if (slot.row == 0) break;
        if (slot.hash == hash && is_it(slot.row - 1)) return slot.row - 1;
    }
    return Image::no_row;
}

}  // namespace

std::uint32_t hash_of(std::string_view name) noexcept {
    auto hash = hash_start;
    for (auto at = name.size(); at-- > 0;) hash = hash_on(hash, static_cast<std::uint8_t>(name[at]));
    return hash_end(hash);
}

std::uint32_t hash_of(const Ipv6& masked, std::uint32_t length) noexcept {
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, masked.octets.data(), sizeof high);
    std::memcpy(&low, masked.octets.data() + sizeof high, sizeof low);
    const auto mixed = (high * 0x9e3779b97f4a7c15ULL ^ low) * 0xc2b2ae3d27d4eb4fULL + length;
    return hash_end(mixed ^ mixed >> 32);
}

Ipv6 masked(const Ipv6& address, std::uint32_t length) noexcept {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), address.octets.data(), sizeof halves);
    for (std::uint32_t i = 0; i < 2; ++i) {
        const auto bits = std::clamp<std::uint32_t>(length, 64 * i, 64 * i + 64) - 64 * i;
        const auto mask = bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits);
        halves[i] &= std::endian::native == std::endian::little ? std::byteswap(mask) : mask;
    }
    Ipv6 result;
    std::memcpy(result.octets.data(), halves.data(), sizeof halves);
    return result;
}

std::uint64_t checksum_of(BytesView arena) noexcept {
    std::uint64_t sum = hash_start;
    auto rest = arena.subspan(std::min(arena.size(), checksum_from));
    for (; rest.size() >= 8; rest = rest.subspan(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, rest.data(), sizeof word);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
        sum ^= sum >> 32;
    }
    for (const auto octet : rest) sum = hash_on(sum, std::to_integer<std::uint8_t>(octet));
    return sum;
}

Result<Image> Image::open(BytesView arena) {
    const auto refused = [](const char* why) { return failed(Code::Invalid, std::string{"compiled rules: "} + why); };
    Image image;
    if (arena.size() < sizeof(Header)) return refused("too short");
    std::memcpy(&image.header_, arena.data(), sizeof(Header));
    const auto& header = image.header_;
    if (header.magic != magic) return refused("not an image of rules");
    if (header.version != version) return refused("of another version");
    if (header.size != arena.size()) return refused("cut short");
    if (header.checksum != checksum_of(arena)) return refused("the checksum does not fit");
    if (header.mode > 1 || header.new_devices > 2) return refused("a mode that does not exist");
    for (std::size_t i = 0; i < sections; ++i) {
        const auto& place = header.places[i];
        if (place.offset < sizeof(Header) || place.offset > arena.size() ||
            place.count > (arena.size() - place.offset) / row_sizes[i])
            return refused("a section lies outside");
    }
    if (!is_power_of_two_or_none(image.count<SlotRow>()) || !is_power_of_two_or_none(image.count<PrefixSlotRow>()))
        return refused("a hash table of an odd size");
    image.arena_ = arena;
    return image;
}

std::string_view Image::text(Text text) const noexcept {
    const auto& place = header_.places[static_cast<std::size_t>(Section::Texts)];
    if (text.offset > place.count || text.length > place.count - text.offset) return {};
    return as_text(arena_.subspan(place.offset + text.offset, text.length));
}

std::uint32_t Image::find_name(std::string_view name, std::uint32_t hash) const noexcept {
    return probe<SlotRow>(*this, hash, [&](std::uint32_t index) { return text(row<NameRow>(index).text) == name; });
}

std::uint32_t Image::find_prefix(const Ipv6& masked, std::uint32_t length) const noexcept {
    return probe<PrefixSlotRow>(*this, hash_of(masked, length), [&](std::uint32_t index) {
        const auto prefix = row<PrefixRow>(index);
        return prefix.length == length && prefix.address == masked.octets;
    });
}

}  // namespace vivi::policy::image
