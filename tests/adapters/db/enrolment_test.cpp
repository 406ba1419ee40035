// Keys before they are somebody's: registered in batches, remembered, forgotten.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "server/db/administration.hpp"
#include "server/db/routers.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using Enrolment = Database;

std::string print_of(char c) { return "SHA256:" + std::string(43, c); }

TEST_F(Enrolment, ABatchIsTakenWholeOrNotAtAll) {
    const auto organisation = must(db::create_organisation(postgres().owner_url(), "batch"));
    db::RouterBatch batch{.lines = "# six boxes\n" + print_of('a') + " Main hall\n\n" + print_of('b') + " Bar\n",
                          .organisation = organisation,
                          .configuration = minimal_configuration};
    const auto ids = must(db::register_routers(postgres().owner_url(), batch));
    EXPECT_EQ(std::ranges::count(ids, '\n'), 1);
    const auto names = "select string_agg(name, ',' order by name) from routers where organisation_id = '" + organisation + "'";
    EXPECT_EQ(number(names), "Bar,Main hall");
    EXPECT_EQ(must(db::find_enrolment(hub, print_of('a'))).state, db::RouterState::Accepted);

    batch.lines = print_of('c') + " New\n" + print_of('b') + " Known already\n";
    const auto again = db::register_routers(postgres().owner_url(), batch);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().detail, testing::HasSubstr("line 2"));
    EXPECT_EQ(number(names), "Bar,Main hall");
    batch.lines = "SHA256:short x\n";
    EXPECT_EQ(db::register_routers(postgres().owner_url(), batch).error().code, Code::Invalid);
}

TEST_F(Enrolment, WhoNeverCameIsForgottenUnlessAnOperatorNamedTheKey) {
    must(db::register_routers(postgres().owner_url(), {.lines = print_of('n') + " Named\n"}));
    must(db::note_pending(hub, print_of('s')));
    must(db::note_pending(hub, print_of('r')));
    number(
        "update routers set created_at = now() - interval '40 days', last_seen_at = now() - interval '31 days' where fingerprint "
        "in ('" +
        print_of('n') + "', '" + print_of('s') + "')");
    EXPECT_EQ(must(db::forget_pending_routers(hub)), 1);
    EXPECT_EQ(run(db::find_enrolment(hub, print_of('s'))).error().code, Code::NotFound);
    EXPECT_EQ(must(db::find_enrolment(hub, print_of('n'))).state, db::RouterState::Pending);
    EXPECT_EQ(must(db::find_enrolment(hub, print_of('r'))).state, db::RouterState::Pending);
}

}  // namespace
}  // namespace vivi::test
