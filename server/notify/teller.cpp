// Taking what is due, judging it by the rights of now, sending it.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/teller.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/auth/rights.hpp"
#include "server/notify/alarm_words.hpp"

namespace vivi::notify {
namespace {

constexpr Milliseconds pace{1'000};
constexpr int most_people_at_once = 20;
constexpr Seconds token_lifetime{12 * 3600};  // RFC 8292 section 2: at most 24 h.
constexpr int message_lifetime_seconds = 3'600;

PushReceiver receiver_of(const db::DuePush& push) {
    PushReceiver receiver;
    const auto key = crypto::from_hex(push.public_key), secret = crypto::from_hex(push.secret);
    if (key && key->size() == receiver.public_key.size()) std::ranges::copy(*key, receiver.public_key.begin());
    if (secret && secret->size() == receiver.secret.size()) std::ranges::copy(*secret, receiver.secret.begin());
    return receiver;
}

PushSalt new_salt() {
    PushSalt salt{};
    std::ranges::copy(crypto::random_bytes(salt.size()), salt.begin());
    return salt;
}

Task<> idle() {
    for (;;) co_await after(Milliseconds{3'600'000});
}

}  // namespace

std::string Teller::link() const {
    auto base = settings_.public_url;
    while (base.ends_with('/')) base.pop_back();
    return base.empty() ? base : base + "/now";
}

Task<std::vector<db::AlarmNotice>> Teller::judged(const db::Account& account, std::vector<db::AlarmNotice> notices) {
    std::vector<std::int64_t> refused;
    std::erase_if(notices, [&](const db::AlarmNotice& notice) {
        const bool may_see = auth::may(account, auth::Right::See, {.organisation = notice.organisation, .event = notice.event});
        if (!may_see) refused.push_back(notice.id);
        return !may_see;
    });
    if (!refused.empty()) {
        const auto kept = co_await db::refuse_notices(auth_, std::move(refused));
        if (!kept) log::debug("notices.unkept", {{"reason", kept.error().detail}});
    }
    co_return notices;
}

Task<Result<int>> Teller::tell_by_letter() {
    auto due = co_await db::take_letters(auth_, most_people_at_once);
    if (!due) co_return std::unexpected{std::move(due).error()};
    int told = 0;
    for (auto& letter : *due) {
        const auto notices = co_await judged(letter.account, std::move(letter.notices));
        if (notices.empty()) continue;
        const auto queued = mail_.send(alarm_letter(letter.account.language, letter.account.email, notices, link()));
        if (!queued) {
            log::warn("alarm.unmailed", {{"user", letter.account.user}, {"reason", queued.error().detail}});
            continue;
        }
        log::info("alarm.mailed", {{"user", letter.account.user}, {"alarms", notices.size()}});
        ++told;
    }
    co_return told;
}

Task<Result<int>> Teller::send(const db::DuePush& push) {
    const auto body = encrypt_push(alarm_message(push.account.language, push.notices, link()), receiver_of(push),
                                   crypto::P256Key::generate(), new_salt());
    if (!body) co_return std::unexpected{body.error()};
    const auto authorization =
        vapid_authorization(push.endpoint, settings_.push_contact, wall_now() + token_lifetime, *settings_.push_key);
    if (!authorization) co_return std::unexpected{authorization.error()};
    egress::FetchRequest request{.url = push.endpoint,
                                 .headers = {{"Authorization", *authorization},
                                             {"Content-Encoding", "aes128gcm"},
                                             {"Content-Type", "application/octet-stream"},
                                             {"TTL", std::to_string(message_lifetime_seconds)},
                                             {"Urgency", "high"}},
                                 .body = *body,
                                 .most_bytes = 64 << 10};
    const auto answer = co_await fetcher_.fetch(std::move(request));
    if (!answer) co_return std::unexpected{answer.error()};
    co_return answer->status;
}

Task<Status> Teller::conclude(const db::DuePush& push, Result<int> answer) {
    const auto status = answer ? *answer : 0;
    if (status == 404 || status == 410) {  // RFC 8030 section 7.3: the subscription is no more.
        log::info("push.gone", {{"user", push.account.user}, {"status", status}});
        co_return co_await db::forget_subscription(auth_, push.subscription);
    }
    if (status >= 200 && status < 300) {
        log::info("push.sent", {{"user", push.account.user}, {"alarms", push.notices.size()}});
        co_return co_await db::finish_push(auth_, push, db::PushOutcome::Sent);
    }
    const auto reason = answer ? "the push service answered " + std::to_string(status) : answer.error().detail;
    const bool may_pass = answer ? status == 408 || status == 429 || status >= 500
                                 : answer.error().code == Code::Unavailable || answer.error().code == Code::Timeout ||
                                       answer.error().code == Code::Overflow;
    if (may_pass) {  // It is due again after a while.
        log::info("push.retried", {{"user", push.account.user}, {"reason", reason}});
        co_return Status{};
    }
    log::warn("push.failed", {{"user", push.account.user}, {"reason", reason}});
    co_return co_await db::finish_push(auth_, push, db::PushOutcome::Failed);
}

Task<Result<bool>> Teller::tell_a_browser() {
    auto due = co_await db::take_push(auth_);
    if (!due) co_return std::unexpected{std::move(due).error()};
    if (due->empty()) co_return false;
    auto push = std::move(due->front());
    push.notices = co_await judged(push.account, std::move(push.notices));
    if (push.notices.empty()) co_return true;
    auto answer = co_await send(push);
    if (auto kept = co_await conclude(push, std::move(answer)); !kept) co_return std::unexpected{std::move(kept).error()};
    co_return true;
}

Task<> Teller::run_letters() {
    for (bool is_blind = false;;) {
        const auto told = co_await tell_by_letter();
        if (!told && !std::exchange(is_blind, true)) log::warn("notices.blind", {{"reason", told.error().detail}});
        if (told) is_blind = false;
        co_await after(pace);
    }
}

Task<> Teller::run_pushes() {
    for (;;) {
        const auto told = co_await tell_a_browser();
        if (!told) log::debug("notices.unkept", {{"reason", told.error().detail}});
        co_await after(told && *told ? Milliseconds{0} : pace);
    }
}

Task<> Teller::run() {
    const auto letters = [this] { return mail_.is_configured() ? run_letters() : idle(); };
    if (!settings_.push_key) co_return co_await letters();
    co_await together(letters(), run_pushes(), run_pushes(), run_pushes(), run_pushes());
}

}  // namespace vivi::notify
