// The one member of the document that is not of the configuration.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/carried_leases.hpp"

#include <algorithm>

namespace vivi::model {

std::string carried_leases_of(const Json& document) {
    if (!document.is_object()) return {};
    const auto found = document.find("carried_leases");
    if (found == document.end() || !found->is_string()) return {};
    auto text = found->get<std::string>();
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 64 && std::ranges::all_of(text, is_hex) ? text : std::string{};
}

}  // namespace vivi::model
