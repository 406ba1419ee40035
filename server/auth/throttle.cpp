// Two counters in Redis for each attempt: vivi:<what>:account:<hash> and vivi:<what>:address:<address>, gone after a minute.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/throttle.hpp"

#include <algorithm>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"

namespace vivi::auth {

std::string account_of(std::string_view email) {
    std::string account{email};
    std::ranges::transform(account, account.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto at = account.rfind('@');
    const auto plus = account.find('+');
    if (at != std::string::npos && plus != std::string::npos && plus > 0 && plus < at) account.erase(plus, at - plus);
    return account;
}

/// Hashed: an e-mail is personal, and a stranger chooses its length.
std::string Throttle::account_key(const std::string& account) const {
    return prefix_ + "account:" + crypto::to_hex(crypto::sha256(as_bytes(account_of(account)))).substr(0, 32);
}
std::string Throttle::address_key(const std::string& address) const { return prefix_ + "address:" + address; }

Task<bool> Throttle::admits(std::string account, std::string address) {
    const auto by_account = account_key(account);
    const auto by_address = address_key(address);
    std::vector<store::Command> commands;
    for (const auto& key : {by_account, by_address}) {
        commands.push_back({"SET", key, "0", "EX", "60", "NX"});
        commands.push_back({"INCR", key});
    }
    const auto replies = co_await store_.transaction(std::move(commands));
    if (replies && replies->size() == 4)
        co_return replies->at(1).integer <= most_per_account && replies->at(3).integer <= most_per_address;
    const auto at = now();
    const auto of_account = local_.count(by_account, at);
    const auto of_address = local_.count(by_address, at);
    co_return of_account <= most_per_account&& of_address <= most_per_address;
}

Task<> Throttle::forgive(std::string account, std::string address) {
    const auto by_account = account_key(account);
    const auto by_address = address_key(address);
    local_.forgive(by_account);
    local_.forgive(by_address);
    std::vector<store::Command> commands;
    for (const auto& key : {by_account, by_address}) {
        commands.push_back(
            {"SET", key, "1", "EX", "60", "NX"});  // The window may have ended meanwhile: never below zero, never for ever.
        commands.push_back({"DECR", key});
    }
    static_cast<void>(co_await store_.transaction(std::move(commands)));  // Redis away: the counts end with their minute anyway.
}

}  // namespace vivi::auth
