// The configuration in force, followed live: the last-good file first, then Redis, re-read when the bus says it changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "common/bus/bus.hpp"
#include "common/model/configuration.hpp"
#include "common/model/local_changes.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"

namespace vivi::state {

/// How a daemon gets its decisions. Everything may be away: the file, Redis, the bus; it then keeps what it has and tries again.
/// A document that cannot be read is logged once (`config.unreadable`) and the one before stays in force. One loop, one thread.
///
///     LiveConfiguration live{executor, settings.text("last_good.file"), redis};
///     co_await together(live.follow(), live.hear(config_changed), serve(live));
///     …
///     for (std::uint64_t seen = 0;;) {
///         seen = co_await live.changed(seen);
///         apply(*live.current());
///     }
class LiveConfiguration {
public:
    /// Reads `last_good_file` at once (empty: none), so that current() may be there before the first co_await.
    /// `store` is the instance `state`. `local_file`: what was decided at the router (docs/protocol.md section 9), whose uplink
    /// and LAN lie over every document; read with each look; empty: nothing.
    LiveConfiguration(const net::any_io_executor& executor, std::string last_good_file, store::Store& store,
                      std::string local_file = {});

    /// The document in force; nothing before the first one. Do not keep the reference over a co_await: copy what is needed.
    const std::optional<model::Configuration>& current() const noexcept { return current_; }
    /// Rises by one with each change of current(); 0 while there is none.
    std::uint64_t version() const noexcept { return version_; }

    /// Completes as soon as version() is not `seen`, and gives it.
    Task<std::uint64_t> changed(std::uint64_t seen);

    /// Looks at Redis: at once, when woken, and every 5 s (1 s while it is away). Ends by cancellation.
    Task<> follow();
    /// Wakes follow() for each `config.changed` on `bus`. Ends by cancellation.
    Task<> hear(bus::Subscriber& bus);
    /// Look now: for a daemon that hears `config.changed` in a loop of its own.
    void wake();

    /// Takes `text` as the document unless it is what was offered last or cannot be read. `origin` is for the log.
    void offer(const std::string& text, std::string_view origin);

private:
    Task<bool> look();
    bool look_at_local();
    bool put_in_force();

    store::Store& store_;
    std::string offered_;  ///< The text last seen, good or bad: an unchanged text is not parsed or logged again.
    std::string local_file_;
    std::optional<std::string> local_text_;  ///< Likewise.
    model::LocalChanges local_;
    std::optional<model::Configuration> given_;  ///< Without what was decided at the router.
    std::optional<model::Configuration> current_;
    std::uint64_t version_ = 0;
    bool wanted_ = true;  ///< wake() was called since the last look.
    net::steady_timer woken_;
    net::steady_timer changed_;
};

}  // namespace vivi::state
