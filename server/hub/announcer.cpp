// Merging and sending announcements.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/announcer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "common/runtime/log.hpp"

namespace vivi::hub {

void Announcer::announce(live::Changed changed) {
    {
        const std::scoped_lock lock{mutex_};
        auto& waiting = waiting_[changed.router];
        changed.revision = std::max(changed.revision, waiting.revision);
        for (auto& kind : waiting.kinds) {
            if (std::ranges::find(changed.kinds, kind) == changed.kinds.end()) changed.kinds.push_back(std::move(kind));
        }
        waiting = std::move(changed);
    }
    notify();
}

void Announcer::ask_to_sign(std::string command) {
    {
        const std::scoped_lock lock{mutex_};
        signing_.insert(std::move(command));
    }
    notify();
}

void Announcer::notify() {
    net::post(executor_, [news = news_] { news->notify(); });
}

std::vector<bus::Message> Announcer::take() {
    const std::scoped_lock lock{mutex_};
    std::vector<bus::Message> messages;
    for (const auto& [router, changed] : waiting_) messages.push_back(live::to_message(changed));
    for (const auto& command : signing_) messages.push_back(live::signing_message(command));
    waiting_.clear();
    signing_.clear();
    return messages;
}

Task<> Announcer::run() {
    for (;;) {
        auto messages = take();
        if (messages.empty())
            co_await news_->wait();
        else
            co_await send(std::move(messages));
    }
}

Task<> Announcer::flush() { co_await send(take()); }

Task<> Announcer::send(std::vector<bus::Message> messages) {
    if (messages.empty()) co_return;
    const auto count = messages.size();
    const auto sent = co_await bus_.publish(std::move(messages));
    if (sent) co_return;
    counts_.wakeups_failed += count;
    log::debug("announce.dropped", {{"messages", count}, {"reason", sent.error().detail}});
}

}  // namespace vivi::hub
