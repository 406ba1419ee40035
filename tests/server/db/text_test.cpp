// Array literals and LIKE patterns.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/db/arrays.hpp"
#include "server/db/devices.hpp"
#include "server/db/like.hpp"
#include "server/db/migrations.hpp"

namespace vivi::db {
namespace {

TEST(ArrayLiteral, QuotesEveryText) {
    EXPECT_EQ(ArrayLiteral{}.text(), "{}");
    EXPECT_EQ(ArrayLiteral{}.add(1).add(-2).add_null().text(), "{1,-2,NULL}");
    EXPECT_EQ(ArrayLiteral{}.add("").add("NULL").add("a,b").add(R"(say "hi" \)").text(), R"({"","NULL","a,b","say \"hi\" \\"})");
}

TEST(Like, TakesItsWildcardsLiterally) { EXPECT_EQ(escape_like(R"(50%_\x)"), R"(50\%\_\\x)"); }

TEST(BanState, IsWhatWasDecidedAndWhatIsEnforced) {
    EXPECT_EQ(ban_state(false, 0, 0), BanState::None);
    EXPECT_EQ(ban_state(true, 3, 2), BanState::Sent);
    EXPECT_EQ(ban_state(true, 3, 3), BanState::InForce);
    EXPECT_EQ(ban_state(false, 4, 3), BanState::Lifting);
    EXPECT_EQ(ban_state(false, 4, 5), BanState::None);
}

TEST(Migrations, AreNumberedWithoutAGap) {
    int expected = 0;
    for (const auto& migration : migrations()) {
        EXPECT_EQ(migration.version, ++expected) << migration.name;
        EXPECT_FALSE(migration.sql.empty());
    }
    EXPECT_GE(expected, 1);
}

}  // namespace
}  // namespace vivi::db
