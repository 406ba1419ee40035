// Which way to a hub is tried first. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

enum class Way : std::uint8_t { Plain, Tls };

inline constexpr Way other(Way way) noexcept { return way == Way::Plain ? Way::Tls : Way::Plain; }

/// What is known of one hub: plain SSH comes first, unless it failed less than an hour ago where TLS worked. So a router behind a
/// strict network does not wait for what is refused again and again, and finds the plain way when it is carried elsewhere.
class Ways {
public:
    static constexpr Seconds remembered{3'600};

    Way first(Instant now) const noexcept { return is_tls_known_ && now < plain_failed_at_ + remembered ? Way::Tls : Way::Plain; }
    void failed(Way way, Instant now) noexcept {
        if (way == Way::Tls) is_tls_known_ = false;
        if (way == Way::Plain) plain_failed_at_ = now;
    }
    void worked(Way way) noexcept { is_tls_known_ = way == Way::Tls; }

    /// Is the other way worth trying? Not when the hub was reached and refused us, or showed a key that is not pinned.
    static bool is_worth_another(const Error& why) noexcept { return why.code != Code::Denied; }

private:
    bool is_tls_known_ = false;
    Instant plain_failed_at_{};
};

}  // namespace vivi::openvivi_embedded
