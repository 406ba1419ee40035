// Whatever is behind the head of a catalogue, looking into it reads nothing outside. The head's own checks are made to hold.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/catalogue_arena.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi::policy;
    const auto given = std::as_bytes(std::span{data, size});
    vivi::Bytes bytes{given.begin(), given.end()};
    bytes.resize(std::max(size, sizeof(arena::Header)));
    arena::seal(bytes, arena::load<arena::Header>(bytes, 0));
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
    const auto catalogue = Catalogue::open(bytes).value_or(Catalogue{});
    for (const auto* name : {"www.example.org", "example.org", "xn--bcher-kva.example", "ads.example.net"})
        for (const auto& tag : catalogue.find(name, room)) (void)catalogue.tag_name(tag.tag).size();
    return 0;
}
