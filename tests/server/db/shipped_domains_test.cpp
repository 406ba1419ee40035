// Which category a name of the shipped files belongs to.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/db/import_categories.hpp"

namespace vivi::db {
namespace {

TEST(ShippedDomains, AreTheNamesOfTheCategoriesFiles) {
    const auto found = shipped_domains({{.path = "categories/mail.txt", .text = "# Mail\nmail.example\nboth.example\n"},
                                        {.path = "categories/education.txt", .text = "both.example\n"},
                                        {.path = "services/videos.txt", .text = "videos.example\n"},
                                        {.path = "categories/deep/x.txt", .text = "deep.example\n"},
                                        {.path = "categories/notes.md", .text = "notes.example\n"}});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].domain, "both.example");
    EXPECT_EQ(found[0].category, "education") << "the first by name";
    EXPECT_EQ(found[1].domain, "mail.example");
    EXPECT_EQ(found[1].category, "mail");
}

}  // namespace
}  // namespace vivi::db
