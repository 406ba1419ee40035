// Doing the steps, and hearing of links.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/network_keeper.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/runtime/blocking.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

using Kind = LinkStep::Kind;

/// A device that is made brings more steps with it: a bridge its ports, then its address, its route.
constexpr int most_rounds = 4;
constexpr Milliseconds again_after{30'000};
/// A cable that is plugged in changes its link several times.
constexpr Milliseconds settle{100};

Status execute(firewall::LinkPort& port, const firewall::Links& seen, const LinkStep& step) {
    if (step.kind == Kind::AddBridge) return port.add_bridge(step.device);
    const auto* link = seen.find(step.kind == Kind::AddVlan ? step.parent : step.device);
    const auto* bridge = step.kind == Kind::AddPort ? seen.find(step.parent) : nullptr;
    if (link == nullptr) return failed(Code::NotFound, step.device + ": no such device");
    switch (step.kind) {
        case Kind::AddBridge: break;
        case Kind::RemoveBridge: return port.remove_link(link->index);
        case Kind::AddPort: return port.set_master(link->index, bridge == nullptr ? 0 : bridge->index);
        case Kind::RemovePort: return port.set_master(link->index, 0);
        case Kind::AddVlan: return port.add_vlan(link->index, step.device, step.vlan);
        case Kind::SetUp: return port.set_up(link->index);
        case Kind::AddAddress: return port.add_address(link->index, step.address);
        case Kind::RemoveAddress: return port.remove_address(link->index, step.address);
        case Kind::SetDefaultRoute: return port.set_default_route(link->index, step.address.address);
        case Kind::RemoveDefaultRoute: return port.remove_default_route(link->index, step.address.address);
    }
    return {};
}

struct Outcome {
    std::vector<std::string> done{}, problems{};
};

/// Sysctls last: a VLAN's are there with its device.
Outcome set_up_links(firewall::LinkPort& port, const NetworkSetup& setup) {
    Outcome outcome;
    std::vector<LinkStep> tried;
    for (int round = 0; round < most_rounds; ++round) {
        const auto seen = port.look();
        if (!seen) return {.problems = {seen.error().detail}};
        auto steps = link_steps(setup, *seen);
        std::erase_if(steps, [&](const LinkStep& step) { return std::ranges::find(tried, step) != tried.end(); });
        if (steps.empty()) break;
        for (const auto& step : steps) {
            const auto executed = execute(port, *seen, step);
            if (executed)
                outcome.done.push_back(to_string(step));
            else
                outcome.problems.push_back(to_string(step) + ": " + executed.error().detail);
        }
        tried.insert(tried.end(), steps.begin(), steps.end());
    }
    for (const auto& sysctl : setup.sysctls) {
        const auto written = port.set_sysctl(sysctl.path, sysctl.value);
        // Not there: IPv6 off in this kernel, tables that only the first namespace has, a device that is not there (said below).
        if (!written && written.error().code != Code::NotFound) outcome.problems.push_back(written.error().detail);
    }
    if (const auto seen = port.look()) {
        for (const auto& device : missing_devices(setup, *seen)) outcome.problems.push_back(device + ": no such device");
    }
    return outcome;
}

}  // namespace

NetworkKeeper::NetworkKeeper(const net::any_io_executor& executor, firewall::LinkPort& links, Manage manage)
    : executor_{executor}, links_{links}, manage_{manage}, wake_{executor} {}

Task<> NetworkKeeper::apply(model::Configuration configuration) {
    if (!manages()) co_return;
    setup_ = network_setup(configuration);
    co_await bring_about();
}

Task<> NetworkKeeper::bring_about() {
    if (!setup_) co_return;
    auto call = [this, setup = *setup_] { return set_up_links(links_, setup); };
    auto outcome = co_await blocking(worker_, std::move(call));
    for (const auto& step : outcome.done) log::info("network.changed", {{"step", step}});
    if (outcome.problems == problems_) co_return;
    problems_ = std::move(outcome.problems);
    for (const auto& problem : problems_) log::warn("network.problem", {{"reason", problem}});
    if (problems_.empty()) log::info("network.ready");
}

Task<> NetworkKeeper::follow() {
    if (!manages()) {
        for (;;) co_await after(3'600s);
    }
    co_await together(watch_links(), repeat());
}

Task<> NetworkKeeper::repeat() {
    for (;;) {
        co_await wake_.wait(again_after);
        co_await after(settle);
        co_await bring_about();
    }
}

Task<> NetworkKeeper::watch_links() {
    auto watch = firewall::LinkWatch::open();
    if (!watch) {
        log::warn("network.problem", {{"reason", watch.error().detail}});
        for (;;) co_await after(3'600s);  // repeat() looks by itself.
    }
    net::posix::stream_descriptor descriptor{executor_, watch->descriptor()};
    struct Release {  // The descriptor is the watch's to close.
        net::posix::stream_descriptor& descriptor;
        ~Release() { descriptor.release(); }
    } const release{descriptor};
    for (;;) {
        co_await descriptor.async_wait(net::posix::stream_descriptor::wait_read, net::use_awaitable);
        watch->drain();
        wake_.notify();
    }
}

}  // namespace vivi::bridged
