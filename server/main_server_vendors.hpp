// The registries of who makes devices, as vivi-server reads them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "server/api/vendors.hpp"

namespace vivi {

/// Of Debian's ieee-data. Without it nobody is told who made a device; everything else works.
inline api::Vendors read_vendors(const std::string& folder) {
    api::Vendors vendors;
    if (folder.empty()) return vendors;
    for (const char* name : {"oui.csv", "mam.csv", "oui36.csv", "iab.csv"}) {
        const auto text = read_text_file(folder + '/' + name);
        if (text)
            vendors.add(*text);
        else
            log::warn("vendors.unread", {{"reason", text.error().detail}});
    }
    return vendors;
}

}  // namespace vivi
