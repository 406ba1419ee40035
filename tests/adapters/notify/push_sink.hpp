// A push service with one browser behind it: HTTPS on loopback, keeps what it is sent and decrypts it with the browser's key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/core/crypto_p256.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::test {

struct PushRequest {
    std::map<std::string, std::string> headers{};  ///< Names in lower case.
    std::string body{};
};

class PushSink {
public:
    PushSink();
    ~PushSink();
    PushSink(const PushSink&) = delete;
    PushSink& operator=(const PushSink&) = delete;

    /// What the next requests are answered: 201, 410, … ("201 Created").
    void answer_with(std::string status);
    std::string origin() const { return "https://127.0.0.1:" + std::to_string(port_); }
    std::string endpoint() const { return origin() + "/push/" + token_; }
    std::string certificate() const { return folder_ / "push.pem"; }
    std::vector<PushRequest> requests() const;

    std::string p256dh() const { return crypto::to_base64url(key_.point()); }
    std::string auth() const { return crypto::to_base64url(secret_); }
    /// As a browser does (RFC 8291 section 3.4 and RFC 8188): the text; throws when it is not for it.
    std::string decrypt(const PushRequest& request) const;
    /// The claims of the token, once its signature fits the key that stands beside it (RFC 8292 section 3); throws otherwise.
    static std::string claims(const PushRequest& request, const std::string& expected_key);

private:
    void accept_all(const std::stop_token& stop);
    void converse(int connection, const std::stop_token& stop);

    TempFolder folder_{};
    crypto::P256Key key_ = crypto::P256Key::generate();
    Bytes secret_ = crypto::random_bytes(16);
    std::string token_ = crypto::random_id();
    std::uint16_t port_ = 0;
    int listener_ = -1;
    mutable std::mutex mutex_;
    std::string status_ = "201 Created";
    std::vector<PushRequest> requests_;
    std::jthread thread_;
};

}  // namespace vivi::test
