// The private PostgreSQL that other tests stand on keeps what it was given over a restart.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/adapters/services.hpp"

namespace vivi::test {
namespace {

TEST(PrivatePostgres, KeepsItsDataOverRestartsAndKills) {
    PrivatePostgres postgres;
    EXPECT_EQ(
        postgres.sql("select rolname from pg_database join pg_roles r on r.oid = datdba where datname = current_database()"),
        "vivi_owner\n");
    postgres.sql("create table kept (number int); insert into kept values (7)");
    postgres.stop();
    postgres.start();
    postgres.kill();
    postgres.start();
    EXPECT_EQ(postgres.sql("select number from kept"), "7\n");
    EXPECT_THROW(postgres.sql("select nonsense"), std::runtime_error);
}

}  // namespace
}  // namespace vivi::test
