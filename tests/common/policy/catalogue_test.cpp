// Whether a name is put to what it was put to, and to nothing else; and that a damaged arena is refused or harmless.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/catalogue.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "common/policy/catalogue_arena.hpp"

namespace vivi::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What find() says, in words: "pornography 2" (labels), "@easylist 3" (an exception).
std::vector<std::string> found(const Catalogue& catalogue, std::string_view name) {
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
    std::vector<std::string> words;
    for (const auto& tag : catalogue.find(name, room))
        words.push_back((tag.allows ? "@" : "") + std::string{catalogue.tag_name(tag.tag)} + " " + std::to_string(tag.labels));
    return words;
}

/// An arena and the catalogue that looks at it.
struct Built {
    explicit Built(CatalogueBuilder& builder) : arena{builder.build().value()}, catalogue{Catalogue::open(arena).value()} {}
    Bytes arena;
    Catalogue catalogue;
};

TEST(Catalogue, AnEmptyOneKnowsNothing) {
    EXPECT_THAT(found(Catalogue{}, "example.org"), IsEmpty());
    EXPECT_EQ(Catalogue{}.tags(), 0U);
    EXPECT_EQ(Catalogue{}.tag_name(3), "");
    EXPECT_EQ(Catalogue{}.names_of(3), 0U);
    CatalogueBuilder nothing;
    EXPECT_THAT(found(Built{nothing}.catalogue, "example.org"), IsEmpty());
}

TEST(Catalogue, ANameReachesWhatIsBelowItByWholeLabelsOnly) {
    CatalogueBuilder builder;
    builder.add("example.org", builder.tag(TagKind::Category, "shopping"), /*with_below=*/true);
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "example.org"), ElementsAre("shopping 2"));
    EXPECT_THAT(found(built.catalogue, "a.b.example.org"), ElementsAre("shopping 2"));
    EXPECT_THAT(found(built.catalogue, "badexample.org"), IsEmpty());
    EXPECT_THAT(found(built.catalogue, "org"), IsEmpty());
    EXPECT_THAT(found(built.catalogue, "example.org.evil.net"), IsEmpty());
    EXPECT_THAT(found(built.catalogue, ""), IsEmpty());
}

TEST(Catalogue, AnExactNameDoesNotReachBelow) {
    CatalogueBuilder builder;
    builder.add("example.org", builder.tag(TagKind::List, "hosts"), /*with_below=*/false);
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "example.org"), ElementsAre("hosts 2"));
    EXPECT_THAT(found(built.catalogue, "www.example.org"), IsEmpty());
}

TEST(Catalogue, WhatIsBelowCanBeMeantWithoutTheName) {
    CatalogueBuilder builder;
    builder.add("example.org", builder.tag(TagKind::List, "zone"), Reach{.itself = false});
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "example.org"), IsEmpty());
    EXPECT_THAT(found(built.catalogue, "www.example.org"), ElementsAre("zone 2"));
}

TEST(Catalogue, TheLongestEntryOfATagDecidesSoAnExceptionCanHaveExceptions) {
    CatalogueBuilder builder;
    const auto list = builder.tag(TagKind::List, "ads");
    builder.add("example.org", list, true);
    builder.add("good.example.org", list, true, /*allows=*/true);
    builder.add("bad.good.example.org", list, true);
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "x.example.org"), ElementsAre("ads 2"));
    EXPECT_THAT(found(built.catalogue, "x.good.example.org"), ElementsAre("@ads 3"));
    EXPECT_THAT(found(built.catalogue, "x.bad.good.example.org"), ElementsAre("ads 4"));
}

TEST(Catalogue, OfOneNameTheExceptionWinsUnlessTheOtherIsImportant) {
    CatalogueBuilder builder;
    const auto list = builder.tag(TagKind::List, "ads");
    builder.add("both.org", list, true);
    builder.add("both.org", list, true, /*allows=*/true);
    builder.add("exact.org", list, false, /*allows=*/true);
    builder.add("exact.org", list, true);
    builder.add("firm.org", list, Reach{.important = true});
    builder.add("good.firm.org", list, true, /*allows=*/true);
    builder.add("pardoned.firm.org", list, Reach{.allows = true, .important = true});
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "both.org"), ElementsAre("@ads 2"));
    EXPECT_THAT(found(built.catalogue, "exact.org"), ElementsAre("@ads 2"));
    EXPECT_THAT(found(built.catalogue, "www.exact.org"), ElementsAre("ads 2")) << "the exception was for one name only";
    EXPECT_THAT(found(built.catalogue, "good.firm.org"), ElementsAre("ads 2")) << "important outweighs longer";
    EXPECT_THAT(found(built.catalogue, "pardoned.firm.org"), ElementsAre("@ads 3"));
}

TEST(Catalogue, TagsDoNotDisturbEachOtherAndTheMostSpecificComesFirst) {
    CatalogueBuilder builder;
    const auto category = builder.tag(TagKind::Category, "video");
    const auto service = builder.tag(TagKind::Service, "video");
    EXPECT_NE(category, service) << "of one name, but not of one kind";
    EXPECT_EQ(builder.tag(TagKind::Category, "video"), category);
    builder.add("example.org", category, true);
    builder.add("video.example.org", service, true);
    builder.add("video.example.org", category, true, /*allows=*/true);
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, "video.example.org"), ElementsAre("@video 3", "video 3"));
    EXPECT_EQ(built.catalogue.kind(category), TagKind::Category);
    EXPECT_EQ(built.catalogue.kind(service), TagKind::Service);
    EXPECT_EQ(built.catalogue.tags(), 2U);
    EXPECT_EQ(built.catalogue.names(), 2U);
    EXPECT_EQ(built.catalogue.names_of(category), 2U);
    EXPECT_EQ(built.catalogue.names_of(service), 1U);
}

TEST(Catalogue, AddingTwiceIsHarmlessAndTheSameAdditionsGiveTheSameBytes) {
    Bytes first;
    for (int times = 1; times <= 2; ++times) {
        CatalogueBuilder builder;
        const auto tag = builder.tag(TagKind::List, "twice");
        for (int i = 0; i < times; ++i) builder.add("example.org", tag, true);
        EXPECT_EQ(builder.names(), 1U);
        const auto arena = builder.build().value();
        if (times == 1) first = arena;
        EXPECT_EQ(arena, first);
        EXPECT_EQ(builder.names(), 0U) << "build() empties the builder";
    }
}

TEST(Catalogue, ANameOfTheMostLabelsIsFoundAndLongerOnesAreNot) {
    std::string longest = "a";
    for (int label = 1; label < 127; ++label) longest += ".a";
    ASSERT_EQ(longest.size(), 253U);
    CatalogueBuilder builder;
    builder.add(longest, builder.tag(TagKind::List, "deep"), true);
    builder.add("a." + longest, builder.tag(TagKind::List, "deep"), true);
    EXPECT_EQ(builder.names(), 1U) << "longer than a name can be";
    const Built built{builder};
    EXPECT_THAT(found(built.catalogue, longest), ElementsAre("deep 127"));
    EXPECT_THAT(found(built.catalogue, "b." + longest), IsEmpty());
    EXPECT_THAT(found(built.catalogue, std::string(253, '.')), IsEmpty());
}

TEST(Catalogue, ANameWithMoreTagsThanThereIsRoomKeepsTheMostSpecific) {
    CatalogueBuilder builder;
    for (int i = 0; i < 40; ++i) builder.add("org", builder.tag(TagKind::List, "wide" + std::to_string(i)), true);
    builder.add("example.org", builder.tag(TagKind::List, "narrow"), true);
    const Built built{builder};
    const auto words = found(built.catalogue, "example.org");
    ASSERT_EQ(words.size(), Catalogue::most_tags_of_a_name);
    EXPECT_EQ(words.front(), "narrow 2");
}

TEST(Catalogue, MoreTagsThanNumbersIsAnOverflowAndNotAWrongAnswer) {
    CatalogueBuilder builder;
    for (int i = 0; i < 65'535; ++i) builder.tag(TagKind::List, std::to_string(i));
    EXPECT_EQ(builder.tag(TagKind::List, "7"), 7);
    builder.add("example.org", builder.tag(TagKind::List, "one more"), true);
    const auto arena = builder.build();
    ASSERT_FALSE(arena);
    EXPECT_EQ(arena.error().code, Code::Overflow);
}

/// Names of few letters and labels, so that suffixes and equal names are frequent.
std::string random_name(std::mt19937& random) {
    std::string name;
    for (auto labels = 1 + random() % 4; labels > 0; --labels) {
        for (auto letters = 1 + random() % 2; letters > 0; --letters) name += static_cast<char>('a' + random() % 3);
        if (labels > 1) name += '.';
    }
    return name;
}

struct Addition {
    std::string name{};
    TagId tag = 0;
    Reach reach{};
};

/// The same by looking at every entry: tag → (labels, allows).
std::map<TagId, std::pair<int, bool>> naive(const std::vector<Addition>& all, const std::string& name) {
    std::map<TagId, std::tuple<bool, int, bool>> best;  // Important before labels before allows.
    for (const auto& entry : all) {
        const bool is_it = entry.reach.itself && entry.name == name;
        const bool is_below = entry.reach.below && name.ends_with("." + entry.name);
        if (!is_it && !is_below) continue;
        const int labels = 1 + static_cast<int>(std::ranges::count(entry.name, '.'));
        auto& held = best.try_emplace(entry.tag, false, 0, false).first->second;
        held = std::max(held, std::tuple{entry.reach.important, labels, entry.reach.allows});
    }
    std::map<TagId, std::pair<int, bool>> result;
    for (const auto& [tag, value] : best) result[tag] = {std::get<1>(value), std::get<2>(value)};
    return result;
}

TEST(Catalogue, AgreesWithANaiveReferenceOnRandomCatalogues) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        CatalogueBuilder builder;
        for (TagId tag = 0; tag < 5; ++tag) builder.tag(TagKind::List, std::to_string(tag));
        std::vector<Addition> all;
        for (int i = 0; i < 60; ++i) {
            const Addition entry{random_name(random),
                                 static_cast<TagId>(random() % 5),
                                 {.itself = random() % 4 != 0,
                                  .below = random() % 2 == 0,
                                  .allows = random() % 4 == 0,
                                  .important = random() % 8 == 0}};
            builder.add(entry.name, entry.tag, entry.reach);
            all.push_back(entry);
        }
        const Built built{builder};
        for (int i = 0; i < 100; ++i) {
            const auto name = random_name(random);
            std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
            std::map<TagId, std::pair<int, bool>> said;
            for (const auto& tag : built.catalogue.find(name, room)) said[tag.tag] = {tag.labels, tag.allows};
            EXPECT_EQ(said, naive(all, name)) << name << " under seed " << seed;
        }
    }
}

Bytes small_arena() {
    CatalogueBuilder builder;
    const auto list = builder.tag(TagKind::List, "ads"), category = builder.tag(TagKind::Category, "mail");
    builder.add("example.org", list, true);
    builder.add("a.example.org", category, false);
    builder.add("xn--bcher-kva.example", category, true);
    return builder.build().value();
}

TEST(Catalogue, WhatIsNoWholeArenaIsRefused) {
    const auto whole = small_arena();
    EXPECT_FALSE(Catalogue::open({}));
    EXPECT_FALSE(
        Catalogue::open(as_bytes("not a catalogue, but long enough to have a header of its own: eighty bytes and more")));
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(Catalogue::open(BytesView{whole}.first(size))) << size;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] ^= std::byte{0x10};
        EXPECT_FALSE(Catalogue::open(damaged)) << "byte " << at;
    }
}

TEST(Catalogue, ADamagedArenaWithAFittingChecksumNeverReadsOutside) {
    const auto whole = small_arena();
    std::mt19937 random{1};
    std::size_t opened = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto damaged = whole;
        for (auto times = 1 + random() % 3; times > 0; --times)
            damaged[16 + random() % (damaged.size() - 16)] = static_cast<std::byte>(random());
        arena::seal(damaged, arena::load<arena::Header>(damaged, 0));
        const auto catalogue = Catalogue::open(damaged);
        if (!catalogue) continue;
        ++opened;
        for (const auto* name : {"example.org", "a.example.org", "www.xn--bcher-kva.example", "org"}) found(*catalogue, name);
    }
    EXPECT_GT(opened, 1'000U);
}

}  // namespace
}  // namespace vivi::policy
