// Reading Redis addresses.
// SPDX-License-Identifier: Apache-2.0
#include "common/store/redis_address.hpp"

#include <algorithm>

#include "common/core/url.hpp"

namespace vivi::store {

Result<RedisTarget> parse_redis_address(std::string_view text) {
    auto url = parse_url(text);
    if (!url) return std::unexpected{std::move(url).error()};
    RedisTarget target;
    if (url->scheme == "unix") {
        if (!url->host.empty() || url->path.size() < 2) return failed(Code::Invalid, "must be unix:///path with three slashes");
        target.unix_path = url->path;
    } else if (url->scheme == "redis") {
        if (url->host.empty()) return failed(Code::Invalid, "must be redis://[user:password@]host:port/database");
        target.host = url->host;
        if (url->port != 0) target.port = url->port;
    } else {
        return failed(Code::Invalid, "must be redis://[user:password@]host:port/database or unix:///path");
    }
    if (!url->password.empty() && url->user.empty())
        target.greeting.push_back({"AUTH", url->password});
    else if (!url->password.empty())
        target.greeting.push_back({"AUTH", url->user, url->password});
    else if (!url->user.empty())
        target.greeting.push_back({"AUTH", url->user});
    if (target.unix_path.empty() && url->path.size() > 1) {
        const auto database = url->path.substr(1);
        if (database.size() > 4 || !std::ranges::all_of(database, [](char c) { return c >= '0' && c <= '9'; }))
            return failed(Code::Invalid, "the database is not a number");
        if (database != "0") target.greeting.push_back({"SELECT", database});
    }
    target.greeting.push_back({"PING"});
    return target;
}

}  // namespace vivi::store
