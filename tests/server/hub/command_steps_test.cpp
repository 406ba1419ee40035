// What comes next for a command, and what counts as its end.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/command_steps.hpp"

#include <gmock/gmock.h>

namespace vivi::hub {
namespace {

using model::CommandKind;
using model::CommandState;

db::Job job(CommandKind kind, CommandState state = CommandState::Queued) {
    return {.id = "c", .kind = kind, .parameters = "{}", .state = state, .boot_id = "boot-1"};
}
CommandStep step_of(const db::Job& one) { return next_step(std::span{&one, 1}, 0); }

TEST(CommandSteps, BeginWithANonceAndGoOnWithItsToken) {
    auto one = job(CommandKind::RestartService);
    EXPECT_EQ(step_of(one), CommandStep::FetchNonce);
    one.nonce = "n";
    EXPECT_EQ(step_of(one), CommandStep::Wait) << "nobody signed it yet";
    one.token = "t";
    EXPECT_EQ(step_of(one), CommandStep::Send);
    one.nonce_age = nonce_lasts;
    EXPECT_EQ(step_of(one), CommandStep::FetchNonce) << "the router has forgotten it";
}

TEST(CommandSteps, AskAboutWhatMayHaveReachedTheRouter) {
    for (const auto state : {CommandState::Sent, CommandState::Running}) {
        auto one = job(CommandKind::RestartService, state);
        one.nonce = "n";
        one.token = "t";
        EXPECT_EQ(step_of(one), CommandStep::Ask);
        one.is_expired = true;
        EXPECT_EQ(step_of(one), CommandStep::Ask) << "it may have been done in time";
    }
}

TEST(CommandSteps, SendNothingThatIsExpired) {
    auto one = job(CommandKind::Reboot);
    one.nonce = "n";
    one.token = "t";
    one.is_expired = true;
    EXPECT_EQ(step_of(one), CommandStep::Wait);
}

TEST(CommandSteps, KeepTheOrderOfWhatChangesTheRouter) {
    std::vector<db::Job> jobs{job(CommandKind::RestartService), job(CommandKind::StopService), job(CommandKind::Ping)};
    EXPECT_EQ(next_step(jobs, 0), CommandStep::FetchNonce);
    EXPECT_EQ(next_step(jobs, 1), CommandStep::Wait);
    EXPECT_EQ(next_step(jobs, 2), CommandStep::FetchNonce) << "looking disturbs nobody";
    jobs[0].state = CommandState::Running;
    EXPECT_EQ(next_step(jobs, 1), CommandStep::Wait);
    jobs[0] = job(CommandKind::RestartService);
    jobs[0].is_expired = true;
    EXPECT_EQ(next_step(jobs, 1), CommandStep::FetchNonce) << "what will never be done holds nobody up";
}

TEST(CommandSteps, BeginNothingWhileTheRouterGoesDown) {
    std::vector<db::Job> jobs{job(CommandKind::Reboot, CommandState::Running), job(CommandKind::Ping)};
    EXPECT_EQ(next_step(jobs, 0), CommandStep::Ask);
    EXPECT_EQ(next_step(jobs, 1), CommandStep::Wait);
    jobs[0].state = CommandState::Queued;
    EXPECT_EQ(next_step(jobs, 1), CommandStep::FetchNonce);
}

model::CommandReport saying(CommandState state) { return {.state = state}; }

TEST(CommandSteps, ARebootHasSucceededInAnotherBootOnly) {
    const auto reboot = job(CommandKind::Reboot, CommandState::Running);
    EXPECT_EQ(judged(reboot, saying(CommandState::Succeeded), "boot-1").state, CommandState::Running)
        << "the router's word is not enough";
    EXPECT_EQ(judged(reboot, saying(CommandState::Running), "").state, CommandState::Running);
    EXPECT_EQ(judged(reboot, saying(CommandState::Running), "boot-2").state, CommandState::Succeeded);
    EXPECT_EQ(judged(reboot, saying(CommandState::Failed), "boot-2").state, CommandState::Failed);
}

TEST(CommandSteps, ARouterThatStillAnswersIsNotOff) {
    auto off = job(CommandKind::PowerOff, CommandState::Running);
    EXPECT_EQ(judged(off, saying(CommandState::Succeeded), "boot-1").state, CommandState::Running);
    off.sent_ago = Seconds{301};
    EXPECT_EQ(judged(off, saying(CommandState::Succeeded), "boot-1").state, CommandState::Failed);
}

TEST(CommandSteps, NothingRunsForEver) {
    auto update = job(CommandKind::UpdateSoftware, CommandState::Running);
    update.sent_ago = Seconds{7'199};
    EXPECT_EQ(judged(update, saying(CommandState::Running), "boot-1").state, CommandState::Running);
    update.sent_ago = Seconds{7'200};
    EXPECT_EQ(judged(update, saying(CommandState::Running), "boot-1").state, CommandState::Failed);
    EXPECT_EQ(judged(update, saying(CommandState::Succeeded), "boot-2").state, CommandState::Succeeded);
}

TEST(CommandSteps, KnowWhatARefusalMeans) {
    EXPECT_EQ(refusal_of(401), Refusal::NotTaken);
    EXPECT_EQ(refusal_of(503), Refusal::Busy);
    for (const int status : {400, 404, 409, 422}) EXPECT_EQ(refusal_of(status), Refusal::Final) << status;
    for (const int status : {500, 502, 301}) EXPECT_EQ(refusal_of(status), Refusal::Unknown) << status;
}

}  // namespace
}  // namespace vivi::hub
