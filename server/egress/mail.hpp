// Mail leaves here: one thread, a bounded queue, a few tries, one SMTP server (libcurl).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "server/egress/letter.hpp"

namespace vivi::egress {

struct MailSettings {
    /// smtps://host[:465] (TLS from the start), smtp://host[:587] (STARTTLS, never without), smtp+plain://127.0.0.1[:25] (no TLS:
    /// only to this machine). Empty: no mail.
    std::string url{};
    std::string from{};  ///< "Vivi <vivi@example.org>"
    std::string username{};
    std::string password{};
    std::string ca_file{};           ///< PEM; empty: the system's authorities.
    Milliseconds timeout{30'000};    ///< Of one try, connecting included.
    Milliseconds first_wait{5'000};  ///< Between the first try and the second; five times as long each time.
};
/// Invalid, with the reason.
Status check(const MailSettings& settings);

struct MailCounts {
    std::uint64_t sent = 0, failed = 0, waiting = 0;
};

class Mail {
public:
    static constexpr std::size_t most_waiting = 1'000;
    static constexpr int most_tries = 5;

    /// `settings` have passed check().
    explicit Mail(MailSettings settings);
    /// Gives up what waits.
    ~Mail();
    Mail(const Mail&) = delete;
    Mail& operator=(const Mail&) = delete;

    bool is_configured() const noexcept;
    /// Queues it and returns at once. Unavailable: no mail is configured. Overflow: too many wait. Invalid: no address. What
    /// happens later is in the log (mail.sent, mail.retried, mail.failed) and in counts(). Any thread.
    Status send(Letter letter);
    MailCounts counts() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vivi::egress
