// The windows of Attempts.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/attempts.hpp"

#include <limits>

namespace vivi::auth {

std::int64_t Attempts::count(const std::string& key, Instant now) {
    if (!windows_.contains(key) && windows_.size() >= most_keys_) {
        std::erase_if(windows_, [now](const auto& entry) { return entry.second.ends <= now; });
        if (windows_.size() >= most_keys_) return std::numeric_limits<std::int64_t>::max();
    }
    auto& window = windows_[key];
    if (window.ends <= now) window = {.ends = now + Seconds{60}};
    return ++window.attempts;
}

void Attempts::forgive(const std::string& key) {
    const auto found = windows_.find(key);
    if (found != windows_.end() && found->second.attempts > 0) --found->second.attempts;
}

}  // namespace vivi::auth
