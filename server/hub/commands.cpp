// Steps of commands through the tunnel (docs/protocol.md section 7).
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/commands.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/hub/api_visit.hpp"
#include "server/hub/sync_stream.hpp"

namespace vivi::hub {
namespace {

using model::CommandReport;
using model::CommandState;

constexpr Milliseconds turn_pace{1'000}, idle_pace{60'000};
constexpr int most_denials = 5, parts_a_turn = 16;
constexpr std::size_t most_small_answer = 64 * 1024;
constexpr const char* forgotten = "the router does not know the command any more";

/// {"error":{"code","detail"}}, or what else there is to say.
std::string detail_of(const http::Response& response) {
    const auto document = model::parse_json(response.body, most_small_answer);
    if (document && document->is_object() && document->contains("error") && (*document)["error"].is_object())
        return (*document)["error"].value("detail", std::string{}) + " (" + std::to_string(response.status) + ")";
    return "the router answered with status " + std::to_string(response.status);
}

std::string text_member(const model::Json& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

CommandReport ended(CommandState state, std::string detail) { return {.state = state, .detail = std::move(detail)}; }

}  // namespace

Commands::Commands(net::any_io_executor executor, ssh::Session& ssh, const db::Enrolment& enrolment, const db::Link& link,
                   Services& services)
    : ssh_{ssh}, enrolment_{enrolment}, link_{link}, services_{services}, news_{std::move(executor)} {}

void Commands::look() {
    is_news_ = true;
    news_.notify();
}

void Commands::announce() {
    services_.announcer.announce({.router = link_.router, .organisation = link_.organisation, .kinds = {"commands"}});
}

Task<> Commands::run() {
    for (bool is_open = true;;) {
        const auto until = now() + (is_open ? turn_pace : idle_pace);
        if (!is_news_) co_await news_.wait_until(until);
        co_await after(0ms);  // A cancelled wait returns; this throws then.
        is_news_ = false;
        is_open = co_await turn();
    }
}

Task<bool> Commands::turn() {
    const auto jobs = co_await db::open_jobs(services_.pool, link_);
    if (!jobs) {
        log::debug("command.unlooked", {{"router", link_.router}, {"reason", jobs.error().detail}});
        co_return jobs.error().code != Code::Conflict;  // Replaced: the tunnel ends by itself.
    }
    std::erase_if(noted_, [&](const auto& entry) { return std::ranges::find(*jobs, entry.first, &db::Job::id) == jobs->end(); });
    std::erase_if(denials_,
                  [&](const auto& entry) { return std::ranges::find(*jobs, entry.first, &db::Job::id) == jobs->end(); });
    for (std::size_t i = 0; i < jobs->size(); ++i) co_await advance((*jobs)[i], next_step(*jobs, i));
    co_return !jobs->empty();
}

Task<> Commands::advance(const db::Job& job, CommandStep step) {
    switch (step) {
        case CommandStep::Wait: break;
        case CommandStep::FetchNonce: co_await fetch_nonce(job); break;
        case CommandStep::Send: co_await send(job); break;
        case CommandStep::Ask: co_await ask(job); break;
    }
}

Task<> Commands::fetch_nonce(const db::Job& job) {
    const auto response = co_await get(ssh_, "/v1/nonce");
    if (!response) {
        log::debug("command.waiting", {{"router", link_.router}, {"command", job.id}, {"reason", response.error().detail}});
        co_return;
    }
    if (response->status == 404 || response->status == 405)
        co_return co_await note(job, ended(CommandState::Failed, "the router's software takes no commands; update it first"));
    const auto document = model::parse_json(response->body, most_small_answer);
    const bool is_whole = response->status == 200 && document && document->is_object();
    const auto nonce = is_whole ? text_member(*document, "nonce") : "",
               boot_id = is_whole ? text_member(*document, "boot_id") : "";
    const auto custody = is_whole ? text_member(*document, "custody") : "";
    if (nonce.empty() || boot_id.empty() || custody != enrolment_.custody) {
        const auto reason = !is_whole                       ? detail_of(*response)
                            : custody != enrolment_.custody ? "the router is in another custody: '" + custody + "'"
                                                            : std::string{"the answer is not whole"};
        log::debug("command.waiting", {{"router", link_.router}, {"command", job.id}, {"reason", reason}});
        co_return;
    }
    if (co_await db::keep_nonce(services_.pool, link_, job.id, nonce, boot_id)) services_.announcer.ask_to_sign(job.id);
}

Task<> Commands::send(const db::Job& job) {
    const auto parameters = model::parse_json(job.parameters);
    const auto request = model::command_request(job.kind, parameters.value_or(model::Json::object()));
    if (!request) co_return co_await note(job, ended(CommandState::Failed, request.error().front()));
    // Written before anything leaves: whoever finds it so asks the router first.
    const auto marked = co_await db::mark_sent(services_.pool, link_, job.id);
    if (!marked) co_return log::debug("command.unsent", {{"command", job.id}, {"reason", marked.error().detail}});
    ++services_.counts.commands_sent;
    log::info("command.sent", {{"router", link_.router}, {"command", job.id}, {"kind", model::to_string(job.kind)}});
    announce();
    http::Request sent{.method = request->method,
                       .target = request->target,
                       .headers = {{"authorization", job.token}, {"content-type", "application/json"}},
                       .body = request->body};
    const auto response = co_await hub::ask(ssh_, std::move(sent));
    auto now_sent = job;
    now_sent.state = CommandState::Sent;
    now_sent.boot_id = job.nonce_boot_id;
    if (response) co_return co_await take_answer(now_sent, *response);
    // It is asked about in the next turn.
    log::debug("command.unanswered", {{"router", link_.router}, {"command", job.id}, {"reason", response.error().detail}});
}

Task<> Commands::take_answer(const db::Job& job, const http::Response& response) {
    if (response.status != 200 && response.status != 202) co_return co_await refuse(job, response);
    auto report = model::parse_command_report(response.body, job.id);
    if (!report) {
        log::warn("command.unread", {{"router", link_.router}, {"command", job.id}, {"reason", report.error().detail}});
        co_return;
    }
    const auto offset = report->upload_offset;
    auto verdict = judged(job, *std::move(report), job.boot_id);
    const bool goes_on = verdict.state == CommandState::Running;
    co_await note(job, std::move(verdict));
    if (goes_on && offset) co_await upload(job, *offset);
}

Task<> Commands::refuse(const db::Job& job, const http::Response& response) {
    const auto detail = detail_of(response);
    auto refusal = refusal_of(response.status);
    log::debug("command.refused", {{"router", link_.router}, {"command", job.id}, {"reason", detail}});
    if (refusal == Refusal::NotTaken && ++denials_[job.id] >= most_denials) refusal = Refusal::Final;
    if (refusal == Refusal::Final) co_return co_await note(job, ended(CommandState::Failed, detail));
    if (refusal == Refusal::Unknown) co_return;  // Asked about in the next turn.
    if (co_await db::requeue(services_.pool, link_, job.id)) announce();
}

Task<> Commands::ask(const db::Job& job) {
    const auto response = co_await get(ssh_, "/v1/commands/" + job.id);
    if (!response) {
        log::debug("command.waiting", {{"router", link_.router}, {"command", job.id}, {"reason", response.error().detail}});
        co_return;
    }
    const bool goes_down = job.kind == model::CommandKind::Reboot || job.kind == model::CommandKind::PowerOff;
    if (response->status == 404 && job.state == CommandState::Sent) {
        if (co_await db::requeue(services_.pool, link_, job.id)) announce();
        co_return;
    }
    auto read = model::parse_command_report(response->body, job.id);
    const bool is_forgotten = response->status == 404;
    if (!is_forgotten && !read) {
        log::warn("command.unread", {{"router", link_.router}, {"command", job.id}, {"reason", read.error().detail}});
        co_return;
    }
    const auto boot_id = goes_down ? co_await boot_id_now() : job.boot_id;
    auto report = is_forgotten ? ended(goes_down ? CommandState::Running : CommandState::Failed, forgotten) : *std::move(read);
    const auto offset = report.upload_offset;
    auto verdict = judged(job, std::move(report), boot_id);
    const bool goes_on = verdict.state == CommandState::Running;
    co_await note(job, std::move(verdict));
    if (goes_on && offset) co_await upload(job, *offset);
}

/// Writes it when it is news, and says so.
Task<> Commands::note(const db::Job& job, CommandReport report) {
    auto written = std::string{model::to_string(report.state)} + '/' + (report.progress ? std::to_string(*report.progress) : "") +
                   '/' + report.detail;
    if (noted_[job.id] == written && !model::is_over(report.state)) co_return;
    const auto state = report.state;
    const auto detail = report.detail;
    const auto noted = co_await db::note_report(services_.pool, link_, job.id, std::move(report));
    if (!noted) {
        log::debug("command.unnoted", {{"command", job.id}, {"reason", noted.error().detail}});
        co_return;
    }
    noted_[job.id] = std::move(written);
    if (model::is_over(state)) {
        ++services_.counts.commands_over;
        log::info("command.over", {{"router", link_.router},
                                   {"command", job.id},
                                   {"kind", model::to_string(job.kind)},
                                   {"state", model::to_string(state)},
                                   {"detail", detail}});
    }
    announce();
}

Task<std::string> Commands::boot_id_now() {
    const auto response = co_await get(ssh_, "/v1/system");
    if (!response || response->status != 200) co_return "";
    const auto document = model::parse_json(response->body, most_small_answer);
    co_return document && document->is_object() ? text_member(*document, "boot_id") : "";
}

/// The bundle's bytes from `offset` on, some MiB a turn; the router says how far it is, so that a cut costs a part at most.
Task<> Commands::upload(const db::Job& job, std::uint64_t offset) {
    const auto parameters = model::parse_json(job.parameters).value_or(model::Json::object());
    for (int i = 0; i < parts_a_turn; ++i) {
        auto part = co_await db::bundle_part(services_.pool, parameters.value("version", ""),
                                             parameters.value("architecture", ""), offset);
        if (!part) {
            log::debug("command.upload_waiting", {{"command", job.id}, {"offset", offset}, {"reason", part.error().detail}});
            co_return;
        }
        http::Request put{.method = "PUT",
                          .target = "/v1/update/bundle?offset=" + std::to_string(offset),
                          .headers = {{"content-type", "application/octet-stream"}},
                          .body = *std::move(part)};
        const auto response = co_await hub::ask(ssh_, std::move(put));
        const auto document = response ? model::parse_json(response->body, most_small_answer) : model::parse_json("");
        if (!document || !document->is_object() || !document->contains("offset") || !(*document)["offset"].is_number_unsigned())
            co_return;  // The next turn asks how far it is.
        const auto reached = (*document)["offset"].get<std::uint64_t>();
        if (reached == offset) co_return;
        offset = reached;
    }
    is_news_ = true;  // Goes on at once.
}

}  // namespace vivi::hub
