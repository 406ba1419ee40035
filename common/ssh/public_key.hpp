// An SSH public key as a value: its one-line text form and its fingerprint.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"

namespace vivi::ssh {

/// Only Ed25519 (RFC 8709): one kind of key is one kind of mistake less.
struct PublicKey {
    Bytes blob{};  ///< RFC 4253 section 6.6: string "ssh-ed25519", string of 32 bytes.
    bool operator==(const PublicKey&) const = default;
};

/// "ssh-ed25519 AAAA… comment", as in a .pub file; the comment is optional. Invalid for another kind of key.
Result<PublicKey> parse_public_key(std::string_view line);
/// The keys of a file's text, one a line; empty lines and lines that begin with # are skipped. Invalid names the line.
Result<std::vector<PublicKey>> parse_public_keys(std::string_view text);
/// "ssh-ed25519 AAAA…", without a comment and without a line end.
std::string to_line(const PublicKey& key);
/// "SHA256:…", as ssh-keygen -l prints it.
std::string fingerprint(const PublicKey& key);

}  // namespace vivi::ssh
