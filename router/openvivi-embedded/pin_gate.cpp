// The PIN's hash, attempts and sessions.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/pin_gate.hpp"

#include <algorithm>
#include <charconv>

namespace vivi::openvivi_embedded {
namespace {

/// The next word of a line of words with single spaces.
std::string_view take_word(std::string_view& rest) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

}  // namespace

crypto::Sha256 pbkdf2(BytesView password, BytesView salt, std::uint32_t rounds) {
    Bytes first{salt.begin(), salt.end()};
    for (const auto octet : {0, 0, 0, 1}) first.push_back(static_cast<std::byte>(octet));  // The number of the block.
    auto block = crypto::hmac_sha256(password, first);
    auto sum = block;
    for (std::uint32_t round = 1; round < rounds; ++round) {
        block = crypto::hmac_sha256(password, block);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= block[i];
    }
    return sum;
}

std::optional<PinHash> parse_pin_hash(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (take_word(text) != "pbkdf2-sha256") return std::nullopt;
    PinHash pin;
    const auto rounds = take_word(text);
    const auto* const end = rounds.data() + rounds.size();
    if (std::from_chars(rounds.data(), end, pin.rounds).ptr != end || pin.rounds < 1'000 || pin.rounds > 10'000'000)
        return std::nullopt;
    const auto salt = crypto::from_hex(take_word(text)), hash = crypto::from_hex(take_word(text));
    if (!salt || salt->size() < 16 || !hash || hash->size() != pin.hash.size() || !text.empty()) return std::nullopt;
    pin.salt = *salt;
    std::ranges::copy(*hash, pin.hash.begin());
    return pin;
}

bool is_pin(std::string_view typed, const PinHash& pin) {
    std::string digits;
    std::ranges::copy_if(typed.substr(0, 64), std::back_inserter(digits), [](char c) { return c != ' ' && c != '-'; });
    return crypto::equal(pbkdf2(as_bytes(digits), pin.salt, pin.rounds), pin.hash);
}

bool PinGate::may_try(Instant now) {
    while (!attempts_.empty() && now - attempts_.front() >= attempts_within) attempts_.pop_front();
    if (attempts_.size() >= most_attempts) return false;
    attempts_.push_back(now);
    return true;
}

std::string PinGate::open(BytesView random, Instant now) {
    attempts_.clear();
    auto token = crypto::to_hex(random);
    std::erase_if(sessions_, [&](const Session& session) { return session.until <= now; });
    if (sessions_.size() == most_sessions) sessions_.erase(sessions_.begin());
    sessions_.push_back({.token = crypto::sha256(as_bytes(token)), .until = now + session_lifetime});
    return token;
}

bool PinGate::is_open(std::string_view token, Instant now) {
    const auto hash = crypto::sha256(as_bytes(token));
    const auto found = std::ranges::find(sessions_, hash, &Session::token);
    if (found == sessions_.end() || found->until <= now) return false;
    found->until = now + session_lifetime;
    return true;
}

void PinGate::close(std::string_view token) {
    std::erase_if(sessions_, [hash = crypto::sha256(as_bytes(token))](const Session& session) { return session.token == hash; });
}

}  // namespace vivi::openvivi_embedded
