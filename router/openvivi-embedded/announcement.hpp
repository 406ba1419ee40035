// What POST /v1/update announces, and how it is kept while the bundle comes. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/model/bundle.hpp"

namespace vivi::openvivi_embedded {

/// As `vivi-bundle verify` prints it.
struct Announcement {
    model::Version version{};
    std::optional<model::Version> minimum_version{};  ///< Nothing: the server does not know it; the manifest does.
    std::string architecture{};
    std::uint64_t size_bytes = 0;  ///< At most 513 MiB.
    std::string sha256{};          ///< Of the whole bundle, 64 hexadecimal digits.
    std::string signature{};       ///< Of its head, base64url.
    std::string command{};         ///< That announced it; empty in the request.
};

/// The body of the request, or what serialize() wrote. Invalid names every problem.
Result<Announcement> parse_announcement(std::string_view text);
std::string serialize(const Announcement& announcement);

/// Denied unless the bundle that came is the one that was announced.
Status is_announced(const model::BundleHead& head, std::string_view sha256, const Announcement& announcement);

}  // namespace vivi::openvivi_embedded
