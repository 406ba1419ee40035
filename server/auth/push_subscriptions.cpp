// What a browser gives for push messages, checked and kept.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/accounts.hpp"

#include <algorithm>

#include "common/core/crypto_p256.hpp"

namespace vivi::auth {
namespace {

constexpr std::size_t longest_endpoint = 2'048, secret_bytes = 16;

bool is_endpoint(std::string_view text) {
    const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f; };
    return text.starts_with("https://") && text.size() > 8 && text.size() <= longest_endpoint &&
           std::ranges::none_of(text, is_bad);
}

}  // namespace

Task<Result<std::vector<db::PushSubscription>>> Accounts::push_subscriptions(Logins::Holder holder) {
    auto found = co_await db::push_subscriptions(pool_, std::move(holder.user), hash_of(holder.token));
    co_return found;
}

Task<Result<db::PushSubscription>> Accounts::subscribe(Logins::Holder holder, Browser browser) {
    if (!is_endpoint(browser.endpoint)) co_return failed(Code::Invalid, "The endpoint is an https URL of at most 2048 bytes.");
    const auto key = crypto::from_base64url(browser.p256dh), secret = crypto::from_base64url(browser.auth);
    if (!key || !crypto::parse_p256_point(*key)) co_return failed(Code::Invalid, "p256dh is base64url of a point of P-256.");
    if (!secret || secret->size() != secret_bytes) co_return failed(Code::Invalid, "auth is base64url of 16 bytes.");
    auto made = co_await db::subscribe(pool_, {.user = std::move(holder.user),
                                               .session_hash = hash_of(holder.token),
                                               .endpoint = std::move(browser.endpoint),
                                               .public_key = crypto::to_hex(*key),
                                               .secret = crypto::to_hex(*secret),
                                               .user_agent = std::move(browser.user_agent),
                                               .address = std::move(holder.address)});
    co_return made;
}

Task<Result<db::PushSubscription>> Accounts::unsubscribe(Logins::Holder holder, std::string id, std::string endpoint) {
    auto ended = co_await db::unsubscribe(pool_, {.user = std::move(holder.user),
                                                  .session_hash = hash_of(holder.token),
                                                  .id = std::move(id),
                                                  .endpoint = std::move(endpoint),
                                                  .address = std::move(holder.address)});
    co_return ended;
}

}  // namespace vivi::auth
