// Packets of one interface through libpcap; nothing outside this file and its .cpp knows that library.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/result.hpp"

namespace vivi::pcapd {

struct CaptureOptions {
    int ring_mib = 32;
    int snaplen_bytes = 4096;
};

/// Who is given the frames.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    /// `captured` is gone after the call; the frame had `on_wire` bytes.
    virtual void frame(BytesView captured, std::size_t on_wire) = 0;
};

/// The kernel's ring (TPACKET_V3: blocks, 10 ms) of one Ethernet interface, promiscuous because devices also talk to each other.
/// One thread.
class Capture {
public:
    /// NotFound: there is no such interface; Denied: the process may not capture; Unavailable: not now (it is down).
    static Result<Capture> open(const std::string& interface, CaptureOptions options);

    Capture(Capture&&) noexcept;
    Capture& operator=(Capture&&) noexcept;
    ~Capture();

    /// Readable when there are packets: for poll().
    int descriptor() const noexcept;
    /// Gives at most `most` waiting packets to `sink`; how many there were. An error means that the interface is gone.
    Result<std::size_t> drain(FrameSink& sink, std::size_t most);
    /// Packets the kernel dropped for want of room since it was opened.
    std::uint64_t dropped();

private:
    struct Handle;
    explicit Capture(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> handle_;
};

/// Out of the interface, as it is: through a socket of its own, since the kernel does not show a socket what it sent itself.
Status send_frame(const std::string& interface, BytesView frame);
/// Denied, with what to do, when the process may not open packet sockets.
Status may_capture();
/// The interfaces of this network namespace, in the kernel's order.
std::vector<std::string> interface_names();
/// The interface's own hardware address; NotFound when there is none.
Result<Mac> hardware_address(const std::string& interface);

}  // namespace vivi::pcapd
