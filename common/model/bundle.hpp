// A signed bundle of software: its head, what the head promises, and whether this router may take it. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/crypto.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::model {

/// "1.2.3", three numbers without leading zeros, each below a million.
struct Version {
    std::uint32_t major = 0, minor = 0, patch = 0;
    auto operator<=>(const Version&) const = default;
};
std::optional<Version> parse_version(std::string_view text);
std::string to_string(const Version& version);

struct BundleFile {
    std::string path{};  ///< "bin/vivi-dhcpd": relative, of letters, digits and "._+-", no part of which is "." or "..".
    bool is_executable = false;
    std::uint64_t size_bytes = 0;
    crypto::Sha256 sha256{};
};

/// What a bundle says of itself, in JSON.
struct Manifest {
    Version version{};
    std::string architecture{};  ///< As Debian names it: "arm64", "amd64".
    Version minimum_version{};   ///< The oldest that may be replaced by it.
    WallTime expires{};
    std::vector<BundleFile> files{};  ///< At most 256, together at most 512 MiB; each path once.
};
std::string serialize(const Manifest& manifest);
/// Invalid names every problem.
Result<Manifest> parse_manifest(std::string_view text);

/// The file: 8 bytes "VIVIBDL1", u32 length and the manifest, 64 bytes Ed25519 signature of "vivi-bundle/1" and all before it;
/// then the files' bytes, one after the other in the manifest's order, and nothing behind.
inline constexpr std::size_t most_head_bytes = 12 + 65'536 + 64;

struct BundleHead {
    Manifest manifest{};
    crypto::Signature signature{};
    std::uint64_t head_bytes = 0;   ///< Where the first file begins.
    std::uint64_t total_bytes = 0;  ///< Of the whole bundle.
};
Bytes make_head(const Manifest& manifest, const crypto::SigningKey& key);
/// `bytes` are the beginning of a bundle, most_head_bytes of it or all. Denied when none of `keys` signed exactly this head;
/// nothing of it is looked at before. Invalid when it is no bundle, or cut.
Result<BundleHead> parse_head(BytesView bytes, std::span<const crypto::PublicKey> keys);

/// The router that is asked to take a bundle.
struct Installed {
    Version version{};
    std::string architecture{};
    WallTime now{};  ///< A clock that was never set makes nothing expire; the rising version still holds.
};
/// Denied: another architecture, no newer version, a version too old to replace from, or over.
Status may_install(const Manifest& manifest, const Installed& installed);

}  // namespace vivi::model
