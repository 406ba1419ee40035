// Reading the document from the file and from Redis, and telling those who wait.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/live_configuration.hpp"

#include <fstream>
#include <sstream>
#include <utility>

#include "common/runtime/log.hpp"
#include "router/state/keys.hpp"

namespace vivi::state {
namespace {

constexpr Milliseconds between_looks{5000};
constexpr Milliseconds between_tries{1000};  ///< When Redis is away.

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file{path};
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::expected<model::Configuration, model::Problems> parse(const std::string& text) {
    const auto json = model::parse_json(text, model::max_configuration_bytes);
    if (!json) return std::unexpected{model::Problems{json.error().detail}};
    return model::parse_configuration(*json);
}

std::string joined(const model::Problems& problems) {
    std::string all;
    for (const auto& problem : problems) all.append(all.empty() ? "" : "; ").append(problem);
    return all;
}

/// A timer that never fires is a condition variable of one loop: cancel() lets everybody who waits look again.
Task<> until_cancelled(net::steady_timer& timer) {
    [[maybe_unused]] const auto cancelled = co_await timer.async_wait(as_value);
}

}  // namespace

LiveConfiguration::LiveConfiguration(const net::any_io_executor& executor, std::string last_good_file, store::Store& store)
    : store_{store}, woken_{executor}, changed_{executor, Instant::max()} {
    if (last_good_file.empty()) return;
    if (const auto text = read_file(last_good_file)) offer(*text, last_good_file);
}

void LiveConfiguration::offer(const std::string& text, std::string_view origin) {
    if (text == offered_) return;
    offered_ = text;
    auto parsed = parse(text);
    if (!parsed) {
        log::error("config.unreadable", {{"from", origin}, {"reason", joined(parsed.error())}});
        return;
    }
    if (current_ == *parsed) return;
    current_ = *std::move(parsed);
    ++version_;
    log::info("config.read", {{"from", origin}, {"revision", current_->revision}});
    changed_.cancel();
}

Task<std::uint64_t> LiveConfiguration::changed(std::uint64_t seen) {
    while (version_ == seen) co_await until_cancelled(changed_);
    co_return version_;
}

void LiveConfiguration::wake() {
    wanted_ = true;
    woken_.cancel();
}

Task<bool> LiveConfiguration::look() {
    const auto text = co_await store::get_text(store_, key::config.text());
    // Away: what we have stays. Absent: nobody has decided anything yet, or bridged has yet to restore it.
    if (text && *text) offer(**text, key::config.name);
    co_return text.has_value();
}

Task<> LiveConfiguration::follow() {
    for (;;) {
        wanted_ = false;
        const bool answered = co_await look();
        woken_.expires_after(answered ? between_looks : between_tries);
        if (!wanted_) co_await until_cancelled(woken_);
    }
}

Task<> LiveConfiguration::hear(bus::Subscriber& bus) {
    for (;;) {
        const auto deliveries = co_await bus.next(100);
        if (deliveries.empty()) continue;
        bus.acknowledge(deliveries.back().tag);  // A wake-up only: Redis has the noun.
        wake();
    }
}

}  // namespace vivi::state
