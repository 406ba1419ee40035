// A lease's JSON: written by dhcpd, read by everybody.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/lease.hpp"

#include "common/model/fields.hpp"

namespace vivi::model {
namespace {

template <class Object>
Result<Lease> read_lease(const Object& object) {
    FieldsOf<Object> in{object, "lease"};
    Lease lease{.device = in.mac("device"),
                .address = in.ipv4("address"),
                .network = in.text("network"),
                .hostname = in.text("hostname", ""),
                .client_id = in.text("client_id", ""),
                .vendor_class = in.text("vendor_class", ""),
                .duration = Seconds{in.integer("duration_seconds")},
                .granted_at = from_unix_ms(in.integer("granted_at")),
                .expires_at = from_unix_ms(in.integer("expires_at"))};
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return lease;
}

}  // namespace

Json to_json(const Lease& lease) {
    return {{"device", to_string(lease.device)},
            {"address", to_string(lease.address)},
            {"network", lease.network},
            {"hostname", lease.hostname},
            {"client_id", lease.client_id},
            {"vendor_class", lease.vendor_class},
            {"duration_seconds", lease.duration.count()},
            {"granted_at", to_unix_ms(lease.granted_at)},
            {"expires_at", to_unix_ms(lease.expires_at)}};
}

Result<Lease> parse_lease(const Json& json) { return read_lease(json); }
Result<Lease> streamed_lease(const Members& object) { return read_lease(object); }

}  // namespace vivi::model
