// Where a page of a connection begins and ends, for every list alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/graphql/resolvers.hpp"

namespace vivi::api {

struct PageInfo {
    bool has_next = false;
    bool has_previous = false;
    std::optional<std::string> start{}, end{};  ///< Cursors.
};

/// Of a page whose rows have cursors by `cursor_of`.
template <class Rows, class CursorOf>
PageInfo page_info(const Rows& rows, bool has_next, bool has_previous, CursorOf cursor_of) {
    PageInfo info{.has_next = has_next, .has_previous = has_previous};
    if (rows.empty()) return info;
    info.start = cursor_of(rows.front());
    info.end = cursor_of(rows.back());
    return info;
}

inline void add_page_info(graphql::Resolvers& resolvers) {
    resolvers.of<PageInfo>("PageInfo")
        .field("hasNextPage", &PageInfo::has_next)
        .field("hasPreviousPage", &PageInfo::has_previous)
        .field("startCursor", [](const PageInfo& info) { return graphql::Value{info.start}; })
        .field("endCursor", [](const PageInfo& info) { return graphql::Value{info.end}; });
}

}  // namespace vivi::api
