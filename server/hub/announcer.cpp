// Merging and sending announcements.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/announcer.hpp"

#include <algorithm>

#include "common/runtime/log.hpp"

namespace vivi::hub {

void Announcer::announce(live::Changed changed) {
    auto& waiting = waiting_[changed.router];
    changed.revision = std::max(changed.revision, waiting.revision);
    for (auto& kind : waiting.kinds) {
        if (std::ranges::find(changed.kinds, kind) == changed.kinds.end()) changed.kinds.push_back(std::move(kind));
    }
    waiting = std::move(changed);
    news_.notify();
}

void Announcer::ask_to_sign(std::string command) {
    signing_.insert(std::move(command));
    news_.notify();
}

Task<> Announcer::run() {
    for (;;) {
        while (waiting_.empty() && signing_.empty()) co_await news_.wait();
        co_await flush();
    }
}

Task<> Announcer::flush() {
    std::vector<bus::Message> messages;
    for (const auto& [router, changed] : waiting_) messages.push_back(live::to_message(changed));
    for (const auto& command : signing_) messages.push_back(live::signing_message(command));
    waiting_.clear();
    signing_.clear();
    if (messages.empty()) co_return;
    const auto count = messages.size();
    const auto sent = co_await bus_.publish(std::move(messages));
    if (sent) co_return;
    counts_.wakeups_failed += count;
    log::debug("announce.dropped", {{"messages", count}, {"reason", sent.error().detail}});
}

}  // namespace vivi::hub
