// Order, tokens, and when something counts as done.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/command_steps.hpp"

#include <algorithm>

namespace vivi::hub {
namespace {

using model::CommandKind;
using model::CommandState;

constexpr Milliseconds most_rebooting{600'000}, most_switching_off{300'000}, most_running{7'200'000};

/// Commands that change the router keep their order; while it goes down nothing begins.
bool may_begin(std::span<const db::Job> jobs, std::size_t index) noexcept {
    const auto goes_down = [](const db::Job& job) {
        return job.state != CommandState::Queued && (job.kind == CommandKind::Reboot || job.kind == CommandKind::PowerOff);
    };
    if (std::ranges::any_of(jobs, goes_down)) return false;
    if (!model::changes_router(jobs[index].kind)) return true;
    return std::ranges::none_of(jobs.first(index), [](const db::Job& older) {
        return model::changes_router(older.kind) && !(older.state == CommandState::Queued && older.is_expired);
    });
}

}  // namespace

CommandStep next_step(std::span<const db::Job> jobs, std::size_t index) noexcept {
    const auto& job = jobs[index];
    if (job.state != CommandState::Queued) return CommandStep::Ask;
    if (job.is_expired || !may_begin(jobs, index)) return CommandStep::Wait;
    if (job.nonce.empty() || job.nonce_age >= nonce_lasts) return CommandStep::FetchNonce;
    return job.token.empty() ? CommandStep::Wait : CommandStep::Send;
}

model::CommandReport judged(const db::Job& job, model::CommandReport report, const std::string& boot_id) {
    const bool goes_down = job.kind == CommandKind::Reboot || job.kind == CommandKind::PowerOff;
    if (goes_down && report.state != CommandState::Failed) {
        const bool is_another_boot = !boot_id.empty() && boot_id != job.boot_id;
        report.state = is_another_boot ? CommandState::Succeeded : CommandState::Running;
    }
    if (report.state != CommandState::Running) return report;
    const auto most = job.kind == CommandKind::Reboot     ? most_rebooting
                      : job.kind == CommandKind::PowerOff ? most_switching_off
                                                          : most_running;
    if (job.state != CommandState::Running || job.sent_ago < most) return report;
    report.state = CommandState::Failed;
    report.detail = goes_down ? "the router is still up" : "the router did not come to an end in 2 hours";
    return report;
}

Refusal refusal_of(int status) noexcept {
    if (status == 401) return Refusal::NotTaken;
    if (status == 429 || status == 503) return Refusal::Busy;
    if (status >= 400 && status < 500) return Refusal::Final;
    return Refusal::Unknown;
}

}  // namespace vivi::hub
