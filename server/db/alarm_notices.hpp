// What is still to be told of alarms that opened (migration 0013). One process takes at a time, each notice once. For the role
// vivi_auth. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/accounts.hpp"

namespace vivi::db {

inline constexpr int most_letters_an_hour = 6;  ///< To one person.
inline constexpr int most_push_tries = 5;       ///< Of one message.

struct AlarmNotice {
    std::int64_t id = 0;
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid of the router's event now; empty: none.
    std::string router_name{};
    std::string kind{};     ///< Of the alarm: router.offline, …
    std::string subject{};  ///< Of the alarm: an address, …
    std::int64_t alarm = 0;
    WallTime at{};  ///< Since when.
};

/// All that is due to one person by e-mail.
struct DueLetter {
    Account account{};  ///< As it is now: what they may see is judged by it.
    std::vector<AlarmNotice> notices{};
};
/// Takes what is due, of at most `most` people: it counts as sent from now on, because a letter that might be sent twice is not
/// sent. Alarms that are over, or looked after, are left out. Whoever got six in the last hour waits.
Task<Result<std::vector<DueLetter>>> take_letters(Pool& auth, int most);

/// All that is due to one browser.
struct DuePush {
    Account account{};
    std::string subscription{};  ///< uuid
    std::string endpoint{};
    std::string public_key{};  ///< Hexadecimal
    std::string secret{};      ///< Hexadecimal
    std::vector<AlarmNotice> notices{};
};
/// Takes what is due to at most one browser. Unless finish_push() says otherwise it is due again after half a minute, two, eight
/// and 32; after the fifth try it has failed.
Task<Result<std::vector<DuePush>>> take_push(Pool& auth);

enum class PushOutcome : std::uint8_t { Sent, Refused, Failed };
Task<Status> finish_push(Pool& auth, const DuePush& push, PushOutcome outcome);
/// The push service does not know it any more.
Task<Status> forget_subscription(Pool& auth, std::string subscription);
/// They may not see these any more.
Task<Status> refuse_notices(Pool& auth, std::vector<std::int64_t> ids);

}  // namespace vivi::db
