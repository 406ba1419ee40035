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
Task<> until_cancelled(net::steady_timer& timer) { [[maybe_unused]] const auto cancelled = co_await timer.async_wait(as_value); }

}  // namespace

LiveConfiguration::LiveConfiguration(const net::any_io_executor& executor, std::string last_good_file, store::Store& store,
                                     std::string local_file)
    : store_{store}, local_file_{std::move(local_file)}, woken_{executor}, changed_{executor, Instant::max()} {
    look_at_local();
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
    given_ = *std::move(parsed);
    if (put_in_force()) log::info("config.read", {{"from", origin}, {"revision", current_->revision}});
}

/// True when it is another than before.
bool LiveConfiguration::put_in_force() {
    if (!given_) return false;
    auto whole = model::with_topology(*given_, local_);
    if (current_ == whole) return false;
    current_ = std::move(whole);
    ++version_;
    changed_.cancel();
    return true;
}

/// True when its uplink or LAN is another than at the last look.
bool LiveConfiguration::look_at_local() {
    if (local_file_.empty()) return false;
    auto text = read_file(local_file_);
    if (text == local_text_) return false;
    local_text_ = std::move(text);
    const auto json = local_text_ ? model::parse_json(*local_text_) : Result<model::Json>{model::Json{{"v", 1}}};
    auto changes = json ? model::parse_local_changes(*json) : std::unexpected{model::Problems{json.error().detail}};
    if (!changes) log::warn("config.local_unreadable", {{"file", local_file_}, {"reason", joined(changes.error())}});
    model::LocalChanges topology;  // Devices and the bypass come by the compiled policy.
    if (changes) topology = {.uplink = std::move(changes->uplink), .lan = std::move(changes->lan)};
    if (topology == local_) return false;
    local_ = std::move(topology);
    return true;
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
    if (look_at_local() && put_in_force()) log::info("config.read", {{"from", local_file_}, {"revision", current_->revision}});
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
