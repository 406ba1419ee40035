// What is to be done next about a command of a connected router. Pure: rows and answers in, decisions out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "server/db/command_jobs.hpp"

namespace vivi::hub {

enum class CommandStep : std::uint8_t {
    Wait,        ///< For the token, for an older command, for the end of its time.
    FetchNonce,  ///< Nothing is signed yet, or too long ago.
    Send,        ///< It is queued and signed.
    Ask,         ///< The router may have it: what became of it?
};

/// How long a nonce of a router is worth waiting for and sending with: the router forgets it after 60 s.
inline constexpr Milliseconds nonce_lasts{50'000};

/// Of the command `jobs[index]`; `jobs` are the router's open ones, the oldest first.
CommandStep next_step(std::span<const db::Job> jobs, std::size_t index) noexcept;

/// What `report` of the router means, when `boot_id` is the boot that it is in now: a reboot has succeeded in another boot only,
/// and a router that still answers is not off. A command that the router has worked at for too long has failed.
model::CommandReport judged(const db::Job& job, model::CommandReport report, const std::string& boot_id);

/// Of an answer that is no document of a command, after it was sent.
enum class Refusal : std::uint8_t {
    NotTaken,  ///< Nothing was done; another token, another try.
    Busy,      ///< Nothing was done; later.
    Final,     ///< The router will not do it.
    Unknown,   ///< The router does not say whether it did it.
};
Refusal refusal_of(int status) noexcept;

}  // namespace vivi::hub
