// Files become categories and services by their path, with the title and category their first comments say.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/shipped.hpp"

#include <gmock/gmock.h>

#include <array>

#include "common/policy/suffix.hpp"

namespace vivi::policy {
namespace {

TEST(Shipped, FilesBecomeCategoriesAndServices) {
    const std::vector<ListFile> files{
        {"services/youtube.txt",
         "# Video.\n# title: YouTube\r\n# category: entertainment\nyoutube.com\nyoutu.be\n# title: not this\n"},
        {"categories/mail.txt", "mail.example\nnot a name\n"},
        {"README.md", "title: no list\n"},
        {"services/deep/er.txt", "deep.example\n"},
        {"services/.txt", "nameless.example\n"},
        {"services/notes.md", "notes.example\n"}};
    CatalogueBuilder builder;
    const auto lists = add_shipped_lists(builder, files);
    ASSERT_EQ(lists.size(), 2U);
    EXPECT_EQ(lists[0].kind, TagKind::Category);
    EXPECT_EQ(lists[0].id, "mail");
    EXPECT_EQ(lists[0].title, "mail");
    EXPECT_EQ(lists[0].report.accepted, 1U);
    EXPECT_EQ(lists[0].report.invalid, 1U);
    EXPECT_EQ(lists[1].kind, TagKind::Service);
    EXPECT_EQ(lists[1].id, "youtube");
    EXPECT_EQ(lists[1].title, "YouTube");
    EXPECT_EQ(lists[1].category, "entertainment");
    const auto arena = builder.build().value();
    const auto catalogue = Catalogue::open(arena).value();
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
    const auto found = catalogue.find("www.youtu.be", room);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(catalogue.kind(found[0].tag), TagKind::Service);
    EXPECT_EQ(catalogue.tag_name(found[0].tag), "youtube");
    EXPECT_TRUE(catalogue.find("deep.example", room).empty());
}

TEST(Shipped, AListKeepsItsExceptions) {
    CatalogueBuilder builder;
    const auto report = add_list(builder, builder.tag(TagKind::List, "ads"), "||a.org^\n@@||good.a.org^\n", ListFormat::Adguard);
    EXPECT_EQ(report.accepted, 2U);
    const auto arena = builder.build().value();
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
    EXPECT_TRUE(Catalogue::open(arena).value().find("good.a.org", room)[0].allows);
}

TEST(Suffix, RegistrableDomains) {
    EXPECT_EQ(registrable_domain("a.b.co.uk"), "b.co.uk");
    EXPECT_EQ(registrable_domain("www.example.org"), "example.org");
    EXPECT_EQ(registrable_domain("example.org"), "example.org");
    EXPECT_EQ(registrable_domain("vivi.github.io"), "vivi.github.io");
    EXPECT_EQ(registrable_domain("www.xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(registrable_domain("co.uk"), "co.uk");
    EXPECT_EQ(registrable_domain("localhost"), "localhost");
    EXPECT_EQ(registrable_domain(""), "");
}

}  // namespace
}  // namespace vivi::policy
