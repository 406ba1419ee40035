// Looking for commands to sign, signing them, telling the hub.
// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/command_signer.hpp"

#include <algorithm>

#include "common/model/command_token.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/rollouts.hpp"

namespace vivi::jobs {
namespace {

constexpr Milliseconds pace{5'000};
constexpr Seconds token_lifetime{60};
constexpr int most_at_once = 200;

}  // namespace

Result<crypto::SigningKey> parse_command_key(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
    const auto seed = crypto::from_base64url(text);
    auto key = seed ? crypto::SigningKey::from_seed(*seed) : std::nullopt;
    if (!key) return failed(Code::Invalid, "there is no key in it; vivi-admin command-key makes one");
    return *std::move(key);
}

Result<std::string> sign_command(const db::Unsigned& command, const crypto::SigningKey& key) {
    const auto parameters = model::parse_json(command.parameters);
    if (!parameters) return std::unexpected{parameters.error()};
    const auto request = model::command_request(command.kind, *parameters);
    if (!request) return failed(Code::Invalid, request.error().front());
    const auto nonce = crypto::from_hex(command.nonce);
    model::TokenGrant grant{.command = command.command, .lifetime = token_lifetime};
    if (!nonce || nonce->size() != grant.nonce.size()) return failed(Code::Invalid, "the nonce has not 16 bytes");
    std::ranges::copy(*nonce, grant.nonce.begin());
    const model::TokenScope scope{.custody = command.custody,
                                  .fingerprint = command.fingerprint,
                                  .boot_id = command.boot_id,
                                  .method = request->method,
                                  .target = request->target,
                                  .body = crypto::sha256(as_bytes(request->body))};
    return model::sign_token(scope, grant, key);
}

CommandSigner::CommandSigner(net::any_io_executor executor, db::Pool& api, db::Pool& staff, live::Notices& notices,
                             std::optional<crypto::SigningKey> key)
    : api_{api}, staff_{staff}, notices_{notices}, key_{std::move(key)}, news_{std::move(executor)} {}

void CommandSigner::look() {
    is_news_ = true;
    news_.notify();
}

Task<> CommandSigner::run() {
    if (!key_) log::warn("commands.keyless");
    for (auto next = now();;) {
        if (!is_news_) co_await news_.wait_until(next);
        co_await after(0ms);  // A cancelled wait returns; this throws then.
        is_news_ = false;
        co_await sign_all();
        if (now() < next) continue;
        co_await settle();
        next = now() + pace;
    }
}

Task<> CommandSigner::sign_all() {
    if (!key_) co_return;
    const auto waiting = co_await db::commands_to_sign(api_, most_at_once);
    if (!waiting) co_return log::debug("commands.unlooked", {{"reason", waiting.error().detail}});
    std::vector<db::Settled> routers;
    for (const auto& command : *waiting) {
        const auto token = sign_command(command, *key_);
        if (!token) {
            log::warn("command.unsigned", {{"command", command.command}, {"reason", token.error().detail}});
            continue;
        }
        const auto kept = co_await db::keep_token(api_, command.command, command.nonce, *token);
        if (!kept || !*kept) continue;  // Another replica, another nonce, or taken back.
        log::info("command.signed",
                  {{"command", command.command}, {"router", command.router}, {"kind", model::to_string(command.kind)}});
        routers.push_back({.router = command.router, .organisation = command.organisation});
    }
    co_await tell(std::move(routers));
}

Task<> CommandSigner::settle() {
    auto settled = co_await db::settle_commands(api_);
    if (settled)
        co_await tell(*std::move(settled));
    else
        log::debug("commands.unlooked", {{"reason", settled.error().detail}});
    auto told = co_await db::advance_rollouts(staff_);
    if (told)
        co_await tell(*std::move(told));
    else
        log::debug("commands.unlooked", {{"reason", told.error().detail}});
}

Task<> CommandSigner::tell(std::vector<db::Settled> routers) {
    for (auto& router : routers) {
        // The broker only wakes: the hub looks every 5 s.
        const auto sent = co_await notices_.commanded(router.router, router.organisation);
        if (!sent) co_return log::debug("commands.untold", {{"reason", sent.error().detail}});
    }
}

}  // namespace vivi::jobs
