// What Vivi writes to people, in their language. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/db/invitations.hpp"
#include "server/egress/letter.hpp"

namespace vivi::api {

enum class Language : std::uint8_t { English, French };
/// As users have it: "en", "fr"; English for another word.
inline Language to_language(std::string_view word) noexcept { return word == "fr" ? Language::French : Language::English; }
inline std::string to_word(Language language) { return language == Language::French ? "fr" : "en"; }

/// Names that people chose are put on one line and cut to 100 characters, so that they cannot pose as our text.
egress::Letter invitation_letter(Language language, const db::Invitation& invitation, const std::string& link);
/// The guest came with a link that was shown to somebody else: this one goes to the mailbox.
egress::Letter proof_letter(Language language, const db::Invitation& invitation, const std::string& link);
egress::Letter verification_letter(Language language, const std::string& to, const std::string& link);
egress::Letter reset_letter(Language language, const std::string& to, const std::string& link);
/// Sent after the fact, so that nobody's account changes without their knowing (ASVS 6.3.7).
enum class Change : std::uint8_t { Password, SecondFactorOn, SecondFactorOff, Email, NewBrowser };
egress::Letter change_letter(Language language, const std::string& to, Change change);

}  // namespace vivi::api
