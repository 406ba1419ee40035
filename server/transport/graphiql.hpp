// The GraphQL console of development: three files, compiled into the program, served only where the site is told to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "common/http/message.hpp"

namespace vivi::transport {

/// Their texts, from server/transport/graphiql.
std::string_view graphiql_page();
std::string_view graphiql_style();
std::string_view graphiql_script();

/// The answer to a request for the console (/graphiql, /graphiql.js, /graphiql.css): 404 outside development; nothing for every
/// other path.
std::optional<http::Response> answer_graphiql(const http::Request& request, bool is_development);

}  // namespace vivi::transport
