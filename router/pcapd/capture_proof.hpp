// The proof that packets of an interface really arrive here: a frame of our own that must come back through the capture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"

namespace vivi::pcapd {

enum class SelfTest { Waiting, Passed, Failed };
/// "waiting", "passed", "failed"
std::string_view to_string(SelfTest state);

/// From and to the interface's own address, so that no switch hands it on to anybody; EtherType 0x88b5 is for experiments inside
/// one organisation (IEEE 802-2014 section 9.2.4). `token` tells this process's frames from others'.
Bytes test_frame(Mac own, std::uint64_t token);
/// Cheap for every other frame: two bytes are looked at.
bool is_test_frame(BytesView frame, std::uint64_t token);

/// When to send, and what came of it.
class SelfTestSchedule {
public:
    /// A frame should be sent now: at first, and 30 s after the one before.
    bool is_due(Instant now) const noexcept { return !has_sent_ || now >= sent_at_ + Seconds{30}; }
    /// `was_sent` false: the system refused it.
    void sent(Instant now, bool was_sent) noexcept;
    void heard() noexcept { has_heard_ = true; }
    /// Failed when the last frame could not be sent, or did not come back within 5 s.
    SelfTest state(Instant now) const noexcept;

private:
    SelfTest before_ = SelfTest::Waiting;  // Until it is known of the newest frame.
    bool has_sent_ = false, was_sent_ = false, has_heard_ = false;
    Instant sent_at_{};
};

}  // namespace vivi::pcapd
