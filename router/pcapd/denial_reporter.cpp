// One batch after another, as soon as there is something.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/denial_reporter.hpp"

#include <utility>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/log.hpp"
#include "router/pcapd/reporter.hpp"

namespace vivi::pcapd {
namespace {

constexpr Milliseconds first_retry{100}, most_retry{2'000};

}  // namespace

DenialReporter::DenialReporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance)
    : bus_{bus}, outgoing_{std::move(instance), {.events = 256}}, more_{executor} {}

void DenialReporter::accept(const model::FlowDenied& flow, WallTime at) {
    log::debug("flow.denied", {{"mac", to_string(flow.device)}, {"name", flow.name}, {"rule", flow.rule}});
    ++accepted_;
    outgoing_.add(model::topic::flow_denied, model::to_json(flow), at);
    more_.notify();
}

Task<> DenialReporter::publish() {
    Backoff backoff{first_retry, most_retry};
    for (;;) {
        if (outgoing_.is_empty()) {
            co_await more_.wait();
            continue;
        }
        auto messages = to_messages(outgoing_.next());
        const auto count = messages.size();
        const auto sent = co_await bus_.publish(std::move(messages));
        if (sent) {
            outgoing_.confirmed();
            confirmed_ += count;
            backoff.reset();
        } else {
            co_await after(backoff.next(crypto::random_u32()));
        }
    }
}

}  // namespace vivi::pcapd
