// Somebody looking at one router through a subscription: woken by changes, paced, and sent away when the session ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/core/time.hpp"
#include "server/api/call.hpp"

namespace vivi::api {

class Viewer {
public:
    /// Changes come at most this often, and are looked for at least that often, woken or not.
    static constexpr Milliseconds pace{250};
    static constexpr Milliseconds recheck{5'000};
    /// The session and the membership are looked at again after this, and before the next event once somebody's access changed.
    static constexpr Milliseconds session_check{15'000};

    /// Whether the router is told that somebody looks, and then sends four times a second.
    enum class Pull : std::uint8_t { Fast, None };
    Viewer(Call& call, FoundRouter found, Pull pull = Pull::Fast);
    Viewer(const Viewer&) = delete;  // Its listener knows where it is.
    Viewer& operator=(const Viewer&) = delete;

    /// Waits for a reason to look (a wake-up, or the recheck), but not sooner than `pace` after the last one; the first time it
    /// does not wait. UNAUTHENTICATED or NOT_FOUND once the caller may not see the router any more.
    /// Gives the number of the wake-up (live::Ear::wait).
    Task<std::expected<std::uint64_t, graphql::FieldError>> next_look();

    /// Whose view it is, of which router: viewers with equal ones see the same.
    std::string view() const;

    db::Pool& pool() const noexcept { return call_.services.pool; }
    const db::Tenant& tenant() const noexcept { return found_.tenant; }
    const std::string& router() const noexcept { return found_.router.id; }

private:
    Task<std::expected<void, graphql::FieldError>> check_session();

    Call& call_;
    FoundRouter found_;
    std::unique_ptr<live::Ear> ear_;
    std::unique_ptr<live::Watch> watch_;  ///< Of Pull::Fast.
    bool is_stale_ = false;               ///< The caller's access may have changed, or the router's place.
    std::unique_ptr<auth::Revocations::Listener> listener_;
    Instant last_look_{};
    Instant last_check_;
    bool has_looked_ = false;
    std::uint64_t heard_ = 0;
};

}  // namespace vivi::api
