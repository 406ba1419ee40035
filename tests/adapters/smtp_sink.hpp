// An SMTP server that keeps what it is given (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954), on loopback.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/adapters/child.hpp"

namespace vivi::test {

enum class SinkTls : std::uint8_t { None, StartTls, FromTheStart };

struct SinkOptions {
    SinkTls tls = SinkTls::None;
    std::string user{}, password{};  ///< Empty: anybody may send.
    int refuse_first = 0;            ///< So many recipients are answered 451 (try again later).
    std::string refuse_with{};       ///< Every recipient is answered this line.
    bool is_silent = false;          ///< Takes connections and says nothing.
};

struct ReceivedMail {
    std::string from{}, to{}, data{};
    bool was_encrypted = false;
    std::string user{};
    std::string header(const std::string& name) const;  ///< The value of a field as it stands there.
    std::string text() const;                           ///< The body, decoded.
};

class SmtpSink {
public:
    explicit SmtpSink(SinkOptions options = {});
    ~SmtpSink();
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    /// PEM of the certificate it shows, for clients to trust.
    std::string certificate() const { return folder_ / "sink.pem"; }
    std::vector<ReceivedMail> mails() const;
    /// Waits until there are `count` of them (30 s) and gives the last.
    ReceivedMail wait_for(std::size_t count) const;
    /// Connections so far.
    int connections() const noexcept { return connections_; }

private:
    void accept_all(const std::stop_token& stop);
    void converse(int connection, const std::stop_token& stop);

    SinkOptions options_;
    TempFolder folder_{};
    std::uint16_t port_ = 0;
    int listener_ = -1;
    std::atomic<int> connections_ = 0;
    mutable std::mutex mutex_;
    std::vector<ReceivedMail> mails_;
    std::jthread thread_;
};

}  // namespace vivi::test
