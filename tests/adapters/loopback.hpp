// What stand-ins for services of others need: a listening socket on 127.0.0.1, and a certificate for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace vivi::test {

/// A listening TCP socket; who has it closes it.
struct Listener {
    int descriptor = -1;
    std::uint16_t port = 0;
};

/// On a port that the system chooses. Throws std::runtime_error.
Listener listen_on_loopback();

/// Writes a key and a self-signed certificate for 127.0.0.1 (PEM, P-256, one day). Throws when openssl(1) fails.
void make_certificate(const std::string& key, const std::string& certificate);

}  // namespace vivi::test
