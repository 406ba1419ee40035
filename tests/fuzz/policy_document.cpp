// Whatever the text, reading ends; what is a policy survives its JSON, compiles, opens and decides.
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "common/model/policy_diff.hpp"
#include "common/policy/rules.hpp"
#include "common/policy/schedule.hpp"

namespace {

using namespace vivi;

void decide(const policy::Engine& engine, std::optional<Mac> device) {
    const auto subject = engine.subject(device);
    for (const auto* name : {"www.example.org", "time.apple.com", "", ".", "a..b"}) {
        const auto verdict = engine.decide_name(subject, name);
        if (engine.describe(verdict).empty()) __builtin_trap();
        engine.pointer(verdict);
    }
    engine.decide_address(subject, to_mapped(Ipv4{0xc0000201}), model::Transport::Tcp, 443);
    engine.decide_address(subject, Ipv6{{0x20, 0x01, 0x0d, 0xb8}}, model::Transport::Udp, 53);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = model::parse_json(as_text(std::as_bytes(std::span{data, size})));
    if (!json) return 0;
    if (const auto profile = model::parse_profile(*json); profile && model::parse_profile(to_json(*profile)) != profile)
        __builtin_trap();
    model::Problems problems;
    const auto parsed = model::parse_policy(*json, "", problems);
    if (!problems.empty()) return 0;
    if (model::parse_policy(to_json(parsed), "", problems) != parsed || !problems.empty()) __builtin_trap();
    if (!model::diff(parsed, parsed).empty()) __builtin_trap();
    if (const auto again = model::parse_profile(to_json(model::Profile{.name = "fuzz", .policy = parsed})); !again)
        __builtin_trap();
    const auto now = from_unix_ms(1'795'642'200'000);
    const auto next = policy::next_change(parsed, {}, now);
    if (next && *next <= now) __builtin_trap();
    const auto image = policy::compile(policy::effective(parsed, {}, now), 1);
    const auto engine = policy::Engine::open(image, {});
    if (!engine) __builtin_trap();
    decide(*engine, {});
    for (const auto& [device, view] : policy::views(parsed)) decide(*engine, device);
    return 0;
}
