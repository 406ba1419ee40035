// An entry of `errors` in a response (section 7.1.2), and what made a request fail before it ran.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vivi::graphql {

/// Both count from 1; a column is a character, not a byte.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    bool operator==(const Location&) const = default;
};

/// An error of the request itself: no field to blame, so no path.
struct RequestError {
    std::string message{};
    std::vector<Location> locations{};
    std::string code = "GRAPHQL_VALIDATION_FAILED";  ///< extensions.code, stable.
};

/// At which step a request stopped: the transport chooses its status code by it.
enum class Stage : std::uint8_t {
    Parse,      ///< Not a GraphQL document.
    Validate,   ///< A document that does not fit the schema, or is over a limit.
    Operation,  ///< No operation of that name, or several and no name.
    Variables,  ///< Variables that do not fit the operation.
    Refused,    ///< Well-formed, but not allowed here (an unknown trusted document, a mutation over GET).
};

}  // namespace vivi::graphql
