// What people are told of alarms, in their language. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/db/alarm_notices.hpp"
#include "server/egress/letter.hpp"

namespace vivi::notify {

/// "Router “Hall 2” does not answer." `language` is "en" or "fr".
std::string sentence_of(std::string_view language, const db::AlarmNotice& notice);

/// Of one alarm or more; the first twenty are named. `link` leads to the dashboard; empty: none is given.
egress::Letter alarm_letter(std::string_view language, const std::string& to, const std::vector<db::AlarmNotice>& notices,
                            const std::string& link);

/// JSON for the dashboard's service worker: {"v":1,"tag","title","body","url"}, at most 3,000 bytes. Messages with the same tag
/// replace each other.
std::string alarm_message(std::string_view language, const std::vector<db::AlarmNotice>& notices, const std::string& link);

}  // namespace vivi::notify
