// Who made a device, by the first bits of its MAC: the registries of the IEEE, as Debian's ieee-data has them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/core/net.hpp"

namespace vivi::api {

class Vendors {
public:
    /// Reads a registry: lines of `Registry,Assignment,Organization Name,Organization Address`, where an assignment is the first
    /// 24, 28 or 36 bits (MA-L, MA-M, MA-S) in hexadecimal digits, and texts may be in quotes (RFC 4180). Other lines are left
    /// out.
    void add(std::string_view csv);
    /// Empty: nobody is known to have made it, or it made its address up itself.
    std::string_view of(Mac mac) const;
    std::size_t size() const { return names_.size(); }

private:
    /// By the digits of the assignment, in capitals.
    std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace vivi::api
