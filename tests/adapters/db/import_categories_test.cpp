// The shipped lists become the shared list, again and again, and what people decided stays.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/import_categories.hpp"

#include "server/db/categories.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class ImportCategories : public Database {
protected:
    int import(const std::string& mail, const std::string& shopping = "shop.example\n") {
        auto changed = db::import_categories(
            postgres().owner_url(), std::vector<policy::ListFile>{{.path = "categories/mail.txt", .text = mail},
                                                                  {.path = "categories/shopping.txt", .text = shopping}});
        if (!changed) throw std::runtime_error{changed.error().detail};
        return *changed;
    }
    std::string category_of(const std::string& name) { return number("select category_of('" + name + "')"); }
    void TearDown() override { postgres().sql("delete from domain_categories; delete from uncategorised_domains"); }
};

TEST_F(ImportCategories, IsTheSameAgainAndFollowsTheFiles) {
    EXPECT_EQ(import("mail.example\npost.example\n"), 3);
    EXPECT_EQ(import("mail.example\npost.example\n"), 0);
    EXPECT_EQ(category_of("www.mail.example"), "mail");
    EXPECT_EQ(import("mail.example\n", "shop.example\npost.example\n"), 1);
    EXPECT_EQ(category_of("post.example"), "shopping");
    EXPECT_EQ(import("mail.example\n"), 1);
    EXPECT_EQ(category_of("post.example"), "") << "gone from the files, and so from the list";
    EXPECT_EQ(import("mail.example\n"), 0);
}

TEST_F(ImportCategories, WhatPeopleDecidedStays) {
    import("mail.example\n");
    must(db::decide_category(api, {.domain = "mail.example", .category = "shopping"}));
    must(db::decide_category(api, {.domain = "kept.example", .category = "mail"}));
    EXPECT_EQ(import("mail.example\n"), 0);
    EXPECT_EQ(category_of("mail.example"), "shopping");
    EXPECT_EQ(category_of("kept.example"), "mail");
    EXPECT_EQ(import("mail.example\n", "shop.example\nkept.example\n"), 0);
}

TEST_F(ImportCategories, WhatWaitsForACategoryWaitsNoMore) {
    postgres().sql("insert into uncategorised_domains (domain) values ('mail.example'), ('other.example')");
    import("mail.example\n");
    EXPECT_EQ(number("select string_agg(domain || ' ' || state, ', ' order by domain) from uncategorised_domains"),
              "mail.example decided, other.example waiting");
}

TEST_F(ImportCategories, AnUnknownCategoryOrAFolderThatIsNotThereChangesNothing) {
    import("mail.example\n");
    const auto unknown = db::import_categories(
        postgres().owner_url(), std::vector<policy::ListFile>{{.path = "categories/unheard.txt", .text = "x.example\n"}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::NotFound);
    EXPECT_FALSE(db::import_categories(postgres().owner_url(), std::string{"/nowhere/at/all"}));
    EXPECT_EQ(*db::import_categories(postgres().owner_url(), std::string{}), 0);
    EXPECT_EQ(category_of("mail.example"), "mail");
}

TEST_F(ImportCategories, TheFilesThatAreShippedFit) {
    const auto changed = db::import_categories(postgres().owner_url(), std::string{VIVI_LISTS});
    ASSERT_TRUE(changed) << changed.error().detail;
    EXPECT_GT(*changed, 500);
}

}  // namespace
}  // namespace vivi::test
