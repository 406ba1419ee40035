// Lists as the world publishes them: what Debian ships with uBlock Origin (package webext-ublock-origin-chromium).
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <array>

#include "common/policy/list_text.hpp"
#include "common/policy/shipped.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy {
namespace {

const std::string assets = "/usr/share/chromium/extensions/ublock-origin/assets/";

std::string text_of(const std::string& file) {
    auto text = read_text_file(assets + file);
    if (!text) ADD_FAILURE() << text.error().detail << ": deploy/install-deps installs it";
    return text.value_or("");
}

/// A real list in a catalogue, under the tag "list".
struct Imported {
    Imported(const std::string& text, ListFormat format) {
        CatalogueBuilder builder;
        report = add_list(builder, builder.tag(TagKind::List, "list"), text, format);
        arena = builder.build().value();
        catalogue = Catalogue::open(arena).value();
    }
    /// "blocked", "allowed" (an exception) or "" (not in the list).
    std::string says(std::string_view name) const {
        std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
        const auto found = catalogue.find(name, room);
        return found.empty() ? "" : found[0].allows ? "allowed" : "blocked";
    }
    ListReport report{};
    Bytes arena{};
    Catalogue catalogue{};
};

/// Lines that begin with "||", end with '^' and have nothing but a name between: counted here in another way than the reader
/// does.
std::size_t pure_rules(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        const auto name = line.size() > 3 ? line.substr(2, line.size() - 3) : std::string_view{};
        const bool is_name =
            !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
        const bool is_address = name.find_first_not_of("0123456789.") == std::string_view::npos;
        if (line.starts_with("||") && line.ends_with('^') && is_name && !is_address) ++count;
        at = end + 1;
    }
    return count;
}

TEST(RealLists, EasyListGivesItsPureDomainRulesAndNothingIsAMystery) {
    const auto text = text_of("thirdparties/easylist/easylist.txt");
    EXPECT_EQ(guess_list_format(text), ListFormat::Adguard);
    const Imported list{text, ListFormat::Adguard};
    const auto pure = pure_rules(text);
    EXPECT_GT(pure, 20'000U);
    EXPECT_GE(list.report.accepted + list.report.duplicates, pure);
    EXPECT_LE(list.report.accepted + list.report.duplicates, pure + 200) << "names without '^', exceptions without options";
    EXPECT_EQ(list.report.invalid, 0U) << render(list.report, "easylist", ListFormat::Adguard);
    EXPECT_GT(list.report.unsupported, 10'000U) << "a third of it is for the inside of pages";
    EXPECT_EQ(list.says("ad.doubleclick.net"), "blocked");
    EXPECT_EQ(list.says("doubleclick.net"), "") << "there only as a pop-up";
    EXPECT_EQ(list.says("www.debian.org"), "");
}

TEST(RealLists, EasyPrivacyBlocksTrackersAndKeepsItsExceptions) {
    const auto text = text_of("thirdparties/easylist/easyprivacy.txt");
    EXPECT_EQ(guess_list_format(text), ListFormat::Adguard);
    const Imported list{text, ListFormat::Adguard};
    EXPECT_GE(list.report.accepted + list.report.duplicates, pure_rules(text));
    EXPECT_EQ(list.report.invalid, 0U) << render(list.report, "easyprivacy", ListFormat::Adguard);
    EXPECT_EQ(list.says("bluekai.com"), "blocked");
    EXPECT_EQ(list.says("tags.bluekai.com"), "blocked");
    EXPECT_EQ(list.says("cbsi.map.fastly.net"), "allowed") << "@@||cbsi.map.fastly.net^";
    EXPECT_EQ(list.says("debian.org"), "");
}

TEST(RealLists, EveryPureRuleOfEasyListBlocksItsNameAndWhatIsBelow) {
    const auto text = text_of("thirdparties/easylist/easylist.txt");
    const Imported list{text, ListFormat::Adguard};
    std::size_t checked = 0;
    read_list(text, ListFormat::Adguard, [&](const ListEntry& entry) {
        if (entry.reach.allows || !entry.reach.below || !entry.reach.itself) return;
        ++checked;
        EXPECT_NE(list.says(entry.name), "") << entry.name;
        EXPECT_NE(list.says("below." + std::string{entry.name}), "") << entry.name;
    });
    EXPECT_GT(checked, 20'000U);
}

TEST(RealLists, UrlhausIsMostlyAddressesAndSaysSo) {
    const auto text = text_of("thirdparties/urlhaus-filter/urlhaus-filter-online.txt");
    const Imported list{text, ListFormat::Adguard};
    EXPECT_GT(list.report.accepted, 100U);
    EXPECT_GT(list.report.unsupported, 1'000U);
    EXPECT_EQ(list.report.invalid, 0U) << render(list.report, "urlhaus", ListFormat::Adguard);
    EXPECT_EQ(list.report.examples.at(0).reason, "an address, not a name: it belongs into the address rules");
}

TEST(RealLists, UBlocksOwnFiltersAreReadWithoutAMystery) {
    const auto text = text_of("ublock/filters.min.txt");
    const Imported list{text, ListFormat::Adguard};
    EXPECT_GT(list.report.accepted, 100U);
    EXPECT_EQ(list.report.invalid, 0U) << render(list.report, "ublock", ListFormat::Adguard);
}

}  // namespace
}  // namespace vivi::policy
