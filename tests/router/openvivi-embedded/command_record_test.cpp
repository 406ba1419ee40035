// Records of commands survive the disk, and a restart ends what ran.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/command_record.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

constexpr const char* id = "6f1c1d1e-0000-4000-8000-000000000001";

TEST(EmbeddedCommandRecord, IsReadAsItWasWritten) {
    const CommandRecord record{.command = id,
                               .request = "POST /v1/diagnostics/ping 00",
                               .state = CommandState::Succeeded,
                               .progress = 50,
                               .detail = "3 of 3 \xff",
                               .result = {{"sent", 3}},
                               .ends_with = EndsWith::NewBoot,
                               .boot_id = "b",
                               .accepted = from_unix_ms(1'795'370'402'123)};
    const auto again = parse_record(serialize(record));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(serialize(*again), serialize(record));
    EXPECT_EQ(again->state, CommandState::Succeeded);
    EXPECT_EQ(to_document(*again)["progress"], 50);
}

TEST(EmbeddedCommandRecord, RefusesWhatIsNone) {
    for (const auto* text :
         {"", "{}", "[]",
          R"({"command":"../x","request":"","state":"running","detail":"","ends_with":"itself","boot_id":"","accepted_at":1})"})
        EXPECT_FALSE(parse_record(text)) << text;
}

TEST(EmbeddedCommandRecord, KnowsAUuid) {
    EXPECT_TRUE(is_command_id(id));
    for (const std::string_view text : {"", "6F1C1D1E-0000-4000-8000-000000000001", "6f1c1d1e00004000-8000-000000000001-----",
                                        "6f1c1d1e-0000-4000-8000-00000000000/"})
        EXPECT_FALSE(is_command_id(text)) << text;
}

TEST(EmbeddedCommandRecord, ARestartEndsWhatRan) {
    const auto settled = [](EndsWith ends_with, const char* boot_now) {
        CommandRecord record{.command = id, .ends_with = ends_with, .boot_id = "before"};
        settle(record, boot_now);
        return record.state;
    };
    EXPECT_EQ(settled(EndsWith::NewBoot, "after"), CommandState::Succeeded);
    EXPECT_EQ(settled(EndsWith::NewBoot, "before"), CommandState::Failed) << "the process restarted, the machine did not";
    EXPECT_EQ(settled(EndsWith::NewProcess, "before"), CommandState::Succeeded);
    EXPECT_EQ(settled(EndsWith::Itself, "after"), CommandState::Failed);
    CommandRecord over{.state = CommandState::Succeeded, .detail = "done"};
    settle(over, "after");
    EXPECT_EQ(over.detail, "done") << "what was over stays as it was";
}

}  // namespace
}  // namespace vivi::openvivi_embedded
