// The engine as a judge: one request in JSON, one verdict in JSON. Behind vivi-graphql-check and the fuzz targets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace vivi::graphql {

class Engine;

/// Remembers the engine of each schema it has seen (at most 16), so that thousands of lines with one schema are cheap.
class Checker {
public:
    Checker();
    ~Checker();

    /// `parse` and `validate` answer {"ok", "errors"}; `execute` answers a GraphQL response, fields read by name from the JSON
    /// `root` (a type's name from its `__typename`). Anything else: {"ok": false} with one error. No limit but on nesting
    /// applies.
    std::string answer(std::string_view line);

private:
    struct Service;
    Service& service(const std::string& sdl);

    std::map<std::string, std::unique_ptr<Service>> services_;
};

}  // namespace vivi::graphql
