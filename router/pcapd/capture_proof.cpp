// The frame and its times.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/capture_proof.hpp"

#include <span>

namespace vivi::pcapd {
namespace {

constexpr std::uint16_t ether_type = 0x88b5;
constexpr std::size_t header_bytes = 14, least_bytes = 60;  // Without the frame check sequence, IEEE 802.3 section 3.2.8.
constexpr Seconds longest_way{5};

}  // namespace

std::string_view to_string(SelfTest state) {
    switch (state) {
        case SelfTest::Waiting: return "waiting";
        case SelfTest::Passed: return "passed";
        case SelfTest::Failed: return "failed";
    }
    return "failed";
}

Bytes test_frame(Mac own, std::uint64_t token) {
    const auto address = std::as_bytes(std::span{own.octets});
    Writer out;
    out.put(address).put(address).u16(ether_type).u64(token);
    return out.zeros(least_bytes - out.size()).take_bytes();
}

bool is_test_frame(BytesView frame, std::uint64_t token) {
    if (frame.size() < header_bytes + sizeof token) return false;
    if (std::to_integer<int>(frame[12]) != ether_type >> 8 || std::to_integer<int>(frame[13]) != (ether_type & 0xff))
        return false;
    Reader in{frame.subspan(header_bytes)};
    return in.u64() == token;
}

void SelfTestSchedule::sent(Instant now, bool was_sent) noexcept {
    before_ = state(now);
    has_sent_ = true;
    was_sent_ = was_sent;
    has_heard_ = false;
    sent_at_ = now;
}

SelfTest SelfTestSchedule::state(Instant now) const noexcept {
    if (has_heard_) return SelfTest::Passed;
    if (has_sent_ && (!was_sent_ || now >= sent_at_ + longest_way)) return SelfTest::Failed;
    return before_;
}

}  // namespace vivi::pcapd
