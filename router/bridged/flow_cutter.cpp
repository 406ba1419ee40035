// Reading flow.denied.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/flow_cutter.hpp"

#include <nlohmann/json.hpp>

#include "common/model/policy_event.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

constexpr std::size_t most_deliveries = 64;

}  // namespace

Task<> FlowCutter::hear(bus::Subscriber& denied) {
    for (;;) {
        const auto deliveries = co_await denied.next(most_deliveries);
        if (deliveries.empty()) continue;
        denied.acknowledge(deliveries.back().tag);
        for (const auto& delivery : deliveries) co_await cut(delivery.message);
    }
}

Task<> FlowCutter::cut(const bus::Message& message) {
    const auto json = model::parse_json(message.body);
    const auto flow = json ? model::parse_flow_denied(*json) : std::unexpected{json.error()};
    if (!flow) {
        if (counters_.malformed++ == 0) log::warn("flow.malformed", {{"reason", flow.error().detail}});
        co_return;
    }
    const auto done = co_await enforcer_.cut({.protocol = flow->protocol,
                                              .local = flow->local,
                                              .remote = flow->remote,
                                              .local_port = flow->local_port,
                                              .remote_port = flow->remote_port},
                                             cut_for);
    if (done) {
        ++counters_.cut;
        log::debug("flow.cut", {{"name", flow->name}, {"rule", flow->rule}});
    } else if (counters_.failed++ == 0) {
        log::warn("flow.not_cut", {{"reason", done.error().detail}});
    }
}

}  // namespace vivi::bridged
