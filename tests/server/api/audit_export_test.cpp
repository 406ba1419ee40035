// The audit log as a file: what stands in a field stays in it, and no spreadsheet calculates.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/audit_export.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

TEST(AuditExport, QuotesEveryFieldAndDisarmsFormulas) {
    EXPECT_EQ(csv_field("plain"), R"("plain")");
    EXPECT_EQ(csv_field(""), R"("")");
    EXPECT_EQ(csv_field(R"(say "hi", twice)"), R"("say ""hi"", twice")");
    EXPECT_EQ(csv_field("two\r\nlines"), "\"two\r\nlines\"");
    for (const auto* formula : {"=1+1", "+1", "-1", "@sum(a1)", "\tx", "\rx"})
        EXPECT_EQ(csv_field(formula).substr(0, 2), "\"'") << formula;
    EXPECT_EQ(csv_field("a=1"), R"("a=1")");
}

TEST(AuditExport, HasALineARow) {
    const std::vector<db::AuditEntry> entries{{.id = 7,
                                               .user = "u",
                                               .email = "=cmd@example.org",
                                               .action = "policy.replaced",
                                               .target = "r",
                                               .detail = R"({"revision":2})",
                                               .at = from_unix_ms(0)}};
    EXPECT_EQ(to_csv(entries),
              "id,at,user,email,action,target,detail,address\r\n"
              "\"7\",\"1970-01-01T00:00:00.000Z\",\"u\",\"'=cmd@example.org\",\"policy.replaced\",\"r\",\"{\"\"revision\"\":2}\","
              "\"\"\r\n");
    EXPECT_EQ(to_json_text(entries),
              R"([{"action":"policy.replaced","address":"","at":"1970-01-01T00:00:00.000Z","detail":{"revision":2},)"
              R"("email":"=cmd@example.org","id":7,"target":"r","user":"u"}])");
    EXPECT_EQ(to_json_text({}), "[]");
}

}  // namespace
}  // namespace vivi::api
