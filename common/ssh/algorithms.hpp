// The algorithms both ends speak: few and current. Private to common/ssh.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vivi::ssh::algorithms {

inline constexpr const char* keys = "ssh-ed25519";
inline constexpr const char* key_exchange = "curve25519-sha256,curve25519-sha256@libssh.org";
/// ChaCha20 first: a Pi 4 has no AES instructions.
inline constexpr const char* ciphers = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com";

}  // namespace vivi::ssh::algorithms
