// libsodium's Argon2id.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/passwords.hpp"

#include <sodium.h>

#include <atomic>
#include <stdexcept>

#include "common/runtime/blocking.hpp"

namespace vivi::auth {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19 * 1024 * 1024;

std::string hash_now(const std::string& password) {
    std::string hash(crypto_pwhash_STRBYTES, '\0');
    if (sodium_init() < 0 || crypto_pwhash_str(hash.data(), password.data(), password.size(), passes, memory_bytes) != 0)
        throw std::runtime_error{"Argon2id: not enough memory"};
    hash.resize(hash.find('\0'));
    return hash;
}

Verdict verify_now(std::string hash, const std::string& password) {
    hash.resize(crypto_pwhash_STRBYTES, '\0');  // libsodium reads the whole fixed-size string.
    if (sodium_init() < 0 || crypto_pwhash_str_verify(hash.data(), password.data(), password.size()) != 0) return Verdict::Wrong;
    return crypto_pwhash_str_needs_rehash(hash.data(), passes, memory_bytes) == 0 ? Verdict::Right : Verdict::RightButOld;
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
    if (password.size() < shortest_password) return failed(Code::Invalid, "the password must have at least 8 characters");
    if (password.size() > longest_password) return failed(Code::Invalid, "the password must have at most 256 bytes");
    return hash_now(password);
}

struct Passwords::Impl {
    explicit Impl(std::size_t threads, std::size_t most) : most_waiting{most + threads}, workers{threads} {}

    /// Counts itself among those that wait, for as long as it lives.
    struct Place {
        explicit Place(std::atomic<std::size_t>& waiting) : count{waiting}, number{waiting.fetch_add(1)} {}
        ~Place() { count.fetch_sub(1); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        std::atomic<std::size_t>& count;
        std::size_t number;
    };

    const std::size_t most_waiting;
    const std::string nobody = hash_now("nobody has this password");
    std::atomic<std::size_t> waiting = 0;
    net::thread_pool workers;
};

Passwords::Passwords(std::size_t threads, std::size_t most_waiting) : impl_{std::make_unique<Impl>(threads, most_waiting)} {}
Passwords::~Passwords() {
    impl_->workers.stop();
    impl_->workers.join();
}

Task<Result<Verdict>> Passwords::verify(std::string hash, std::string password) {
    const Impl::Place place{impl_->waiting};
    if (place.number >= impl_->most_waiting) co_return failed(Code::Overflow, "too many passwords are being checked");
    if (password.size() > longest_password) co_return Verdict::Wrong;
    const bool is_nobody = hash.empty();
    if (is_nobody) hash = impl_->nobody;
    auto check = [hash = std::move(hash), password = std::move(password)] { return verify_now(hash, password); };
    const auto verdict = co_await blocking(impl_->workers, std::move(check));
    co_return is_nobody ? Verdict::Wrong : verdict;
}

Task<Result<std::string>> Passwords::hash(std::string password) {
    const Impl::Place place{impl_->waiting};
    if (place.number >= impl_->most_waiting) co_return failed(Code::Overflow, "too many passwords are being checked");
    auto make = [password = std::move(password)] { return hash_password(password); };
    auto hash = co_await blocking(impl_->workers, std::move(make));
    co_return hash;
}

}  // namespace vivi::auth
