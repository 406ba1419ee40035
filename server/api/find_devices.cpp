// Many devices by their ids, each as the caller may see it.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "server/api/devices.hpp"
#include "server/api/ids.hpp"

namespace vivi::api {

Task<std::expected<std::vector<std::optional<FoundDevice>>, graphql::FieldError>> find_devices(Call& call,
                                                                                               std::vector<std::string> ids) {
    using Found = std::vector<std::optional<FoundDevice>>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    std::map<std::string, std::vector<std::size_t>> places;
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto uuid = parse_id("Device", ids[i]);
        if (!uuid) continue;
        wanted.push_back(*uuid);
        places[*std::move(uuid)].push_back(i);
    }
    Found found(ids.size());
    if (wanted.empty()) co_return found;
    const auto all = tenants(call, auth::Right::See);
    std::map<std::string, std::optional<FoundRouter>> routers;
    for (const auto& tenant : all) {
        const auto devices = co_await db::devices_by_id(call.services.pool, tenant, wanted);
        if (!devices) co_return std::unexpected{graphql::FieldError{devices.error()}};
        for (const auto& device : *devices) {
            if (!routers.contains(device.router)) {
                auto router = co_await find_router(call, to_id("Router", device.router));
                if (!router) co_return std::unexpected{std::move(router).error()};
                routers[device.router] = *std::move(router);
            }
            const auto& router = routers.at(device.router);
            if (!router) continue;
            for (const auto place : places[device.id]) found[place] = FoundDevice{.at = *router, .device = device};
        }
    }
    co_return found;
}

}  // namespace vivi::api
