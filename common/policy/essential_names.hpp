// The names that no rule blocks, whatever the document says: time, and how devices find out that they are online.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace vivi::policy {

struct EssentialName {
    std::string_view name{};
    bool with_below = false;  ///< Only where everything below serves the same purpose.
};

/// Source of each beside it in the .cpp. No name here serves anything else: a domain with a service behind it would be a hole in
/// every policy.
std::span<const EssentialName> essential_names() noexcept;

}  // namespace vivi::policy
