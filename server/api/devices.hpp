// What several nouns say about devices: lists of them, their pages, their names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"
#include "server/db/device_pages.hpp"

namespace vivi::api {

/// A DeviceConnection.
struct Devices {
    db::Tenant tenant{};
    db::DeviceQuery query{};
    db::DevicePage page{};
};

/// The arguments that Query.devices and Router.devices share, checked; `router` is left to the caller.
std::expected<db::DeviceQuery, graphql::FieldError> query_of(const graphql::Arguments& arguments);

/// As find_device for each of the ids, in their order, with one statement an organisation.
Task<std::expected<std::vector<std::optional<FoundDevice>>, graphql::FieldError>> find_devices(Call& call,
                                                                                               std::vector<std::string> ids);

/// The name people call it by: the organiser's, without one its own, without that the MAC.
const std::string& shown_name(const db::Device& device);

/// `first` or `last` of a connection, checked: how many, and from which end. `most` is at most 1000.
struct PageSize {
    int count = 0;
    bool is_backward = false;
};
std::expected<PageSize, graphql::FieldError> page_size(const graphql::Arguments& arguments, int otherwise);

}  // namespace vivi::api
