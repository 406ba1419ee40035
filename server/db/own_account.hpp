// What somebody changes of their own account: proofs of a mailbox, name, language. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/time.hpp"
#include "server/db/accounts.hpp"

namespace vivi::db {

enum class ProofPurpose : std::uint8_t { Verify, Change };
struct NewProof {
    std::string user{};
    ProofPurpose purpose = ProofPurpose::Verify;
    std::string email{};       ///< The mailbox to prove, lower case.
    std::string token_hash{};  ///< Hexadecimal SHA-256 of the link's token.
    Seconds lifetime{};
    std::string address{};
};
/// Keeps the link; those before it of the same purpose are over. False, and nothing is kept: somebody else has that e-mail.
Task<Result<bool>> keep_proof(Pool& pool, NewProof proof);

struct Proven {
    std::string user{};
    std::string email{};      ///< Now.
    std::string old_email{};  ///< Of a change; empty: there was none.
    std::string language{};
};
/// Uses the link: the mailbox is proven, and is the account's e-mail when that was its purpose; links mailed to the old one are
/// over. NotFound: no such link, used, or over; or the account has another e-mail by now. Conflict: somebody else was first with
/// it.
Task<Result<Proven>> use_proof(Pool& pool, std::string token_hash, std::string address);

/// What is absent stays. `language`: "en" or "fr".
Task<Result<Account>> update_user(Pool& pool, std::string user, std::optional<std::string> name,
                                  std::optional<std::string> language, std::string address);

}  // namespace vivi::db
