// The lists that come with the router, read into a catalogue: categories and services, a file each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/policy/catalogue.hpp"

namespace vivi::bridged {

/// The files of `folder` (common/policy/shipped.hpp says what they look like). A folder that cannot be read is logged and gives
/// nothing. Blocks.
void read_shipped_lists(policy::CatalogueBuilder& catalogue, const std::string& folder);

/// Names the files as they are, a line each: the same text, the same lists.
std::string shipped_lists_made_of(const std::string& folder);

}  // namespace vivi::bridged
