// The lists that come with Vivi, as they are in deploy/lists: each file reads without a mistake and blocks nothing it should not.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/shipped.hpp"

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <set>

#include "common/core/domain_name.hpp"
#include "common/policy/essential_names.hpp"
#include "common/policy/suffix.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy {
namespace {

using testing::IsEmpty;

std::vector<ListFile> files() {
    std::vector<ListFile> all;
    const auto read = read_text_folder(VIVI_LISTS, [&](std::string path, std::string text) { all.push_back({path, text}); });
    EXPECT_TRUE(read) << read.error().detail;
    return all;
}

std::vector<ShippedList> shipped() {
    CatalogueBuilder builder;
    return add_shipped_lists(builder, files());
}

/// The names of a file, normalised.
std::vector<std::string> names_of(const ListFile& file) {
    std::vector<std::string> names;
    read_list(file.text, ListFormat::Domains, [&](const ListEntry& entry) { names.emplace_back(entry.name); });
    return names;
}

TEST(ShippedLists, EveryFileIsAListAndReadsWithoutAMistake) {
    const auto lists = shipped();
    EXPECT_EQ(lists.size(), files().size());
    for (const auto& list : lists) {
        EXPECT_EQ(list.report.invalid + list.report.unsupported + list.report.duplicates, 0U)
            << list.id << ": " << (list.report.examples.empty() ? "" : list.report.examples[0].text);
        EXPECT_GT(list.report.accepted, 0U) << list.id;
        EXPECT_NE(list.title, list.id) << "no title";
    }
}

TEST(ShippedLists, TheCategoriesAreThoseOfTheProductAndLargeEnough) {
    std::set<std::string> categories;
    std::size_t services = 0;
    for (const auto& list : shipped()) {
        if (list.kind == TagKind::Service) ++services;
        if (list.kind != TagKind::Category) continue;
        categories.insert(list.id);
        EXPECT_GE(list.report.accepted, 30U) << list.id;
    }
    EXPECT_THAT(categories,
                testing::ElementsAre("banking_and_payment", "education", "encrypted-dns", "entertainment", "government", "health",
                                     "information", "mail", "malware_test", "online_storage", "pornography", "religion",
                                     "search_engine", "shopping", "social_network", "work_tool"));
    EXPECT_GE(services, 60U);
    for (const auto& list : shipped()) {
        if (list.kind == TagKind::Service) EXPECT_TRUE(categories.contains(list.category)) << list.id << ": " << list.category;
    }
}

TEST(ShippedLists, NoNameIsInTwoServices) {
    // Deliberate: iCloud can be allowed without its Private Relay, which names that are longer say.
    const std::set<std::string> deliberate{"mask.icloud.com", "mask-h2.icloud.com"};
    std::map<std::string, std::string> service_of;
    for (const auto& file : files()) {
        if (!file.path.starts_with("services/")) continue;
        for (const auto& name : names_of(file)) {
            const auto [entry, is_new] = service_of.emplace(name, file.path);
            EXPECT_TRUE(is_new) << name << " is in " << file.path << " and " << entry->second;
        }
    }
    for (const auto& [name, service] : service_of) {
        for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
            const auto above = service_of.find(name.substr(dot + 1));
            EXPECT_TRUE(above == service_of.end() || deliberate.contains(name))
                << name << " of " << service << " lies below a name of " << above->second;
        }
    }
}

TEST(ShippedLists, NothingEssentialIsInAList) {
    std::size_t seen = 0;
    for (const auto& file : files()) {
        for (const auto& name : names_of(file)) {
            for (const auto& essential : essential_names()) {
                ++seen;
                EXPECT_FALSE(is_at_or_below(essential.name, name))
                    << essential.name << " would be blocked by " << name << " of " << file.path;
            }
        }
    }
    EXPECT_GT(seen, 1'000U);
}

TEST(ShippedLists, APublicSuffixIsOnlyInThemWhereAllBelowItIsMeant) {
    const std::set<std::string> deliberate{
        "gc.ca", "gob.es", "gouv.fr", "gov.br", "gov.pl", "gov.uk", "govt.nz", "nhs.uk", "githubusercontent.com"};
    for (const auto& file : files()) {
        for (const auto& name : names_of(file)) {
            const auto below = "somebody." + name;
            EXPECT_TRUE(registrable_domain(below) != below || deliberate.contains(name)) << name << " of " << file.path;
        }
    }
}

TEST(ShippedLists, DecideAsTheyShould) {
    CatalogueBuilder builder;
    add_shipped_lists(builder, files());
    const auto arena = builder.build().value();
    const auto catalogue = Catalogue::open(arena).value();
    const auto tags = [&](std::string_view name) {
        std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
        std::set<std::string> all;
        for (const auto& tag : catalogue.find(name, room)) all.emplace(catalogue.tag_name(tag.tag));
        return all;
    };
    EXPECT_THAT(tags("rr3---sn-25ge7nsl.googlevideo.com"), testing::ElementsAre("entertainment", "youtube"));
    EXPECT_THAT(tags("www.pornhub.com"), testing::ElementsAre("pornography"));
    EXPECT_THAT(tags("dns.google"), testing::ElementsAre("encrypted-dns"));
    EXPECT_THAT(tags("connectivitycheck.gstatic.com"), IsEmpty());
    EXPECT_THAT(tags("www.debian.org"), IsEmpty());
    EXPECT_THAT(tags("notyoutube.com"), IsEmpty());
}

}  // namespace
}  // namespace vivi::policy
