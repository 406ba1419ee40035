// libpcap set up so that a Pi loses nothing: a large V3 ring, a short snapshot, batches.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/capture.hpp"

#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <pcap/pcap.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vivi::pcapd {
namespace {

constexpr int block_timeout_ms = 10;  // How long a block of the ring may wait to be full.

struct Closer {
    void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};
using Pcap = std::unique_ptr<pcap_t, Closer>;

/// What failed, in libpcap's words, with what to do about it.
Error failure(const std::string& interface, int status, pcap_t* handle) {
    const std::string reason = pcap_geterr(handle);
    const auto words = reason.empty() ? std::string{pcap_statustostr(status)} : reason;
    switch (status) {
        case PCAP_ERROR_NO_SUCH_DEVICE: return {Code::NotFound, "interface " + interface + " does not exist"};
        case PCAP_ERROR_PERM_DENIED:
            return {Code::Denied, "may not capture on " + interface + ": run as root or grant CAP_NET_RAW"};
        case PCAP_ERROR_IFACE_NOT_UP: return {Code::Unavailable, "interface " + interface + " is down"};
        default: return {Code::Unavailable, "interface " + interface + ": " + words};
    }
}

/// Only a filter makes the kernel cut packets to the snapshot length, so that the ring holds more of them; this one takes all.
bool set_snapshot_filter(pcap_t* handle) {
    bpf_program program{};
    if (pcap_compile(handle, &program, "", 1, PCAP_NETMASK_UNKNOWN) != 0) return false;
    const bool is_set = pcap_setfilter(handle, &program) == 0;
    pcap_freecode(&program);
    return is_set;
}

class Socket {
public:
    Socket(int family, int type, int protocol) noexcept : descriptor_{::socket(family, type | SOCK_CLOEXEC, protocol)} {}
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

struct Capture::Handle {
    std::string interface;
    Pcap pcap;
    std::uint64_t dropped = 0;
    std::uint32_t last_drop = 0;  // libpcap counts in 32 bits.
};

Capture::Capture(std::unique_ptr<Handle> handle) : handle_{std::move(handle)} {}
Capture::Capture(Capture&&) noexcept = default;
Capture& Capture::operator=(Capture&&) noexcept = default;
Capture::~Capture() = default;

Result<Capture> Capture::open(const std::string& interface, CaptureOptions options) {
    std::array<char, PCAP_ERRBUF_SIZE> message{};
    Pcap pcap{pcap_create(interface.c_str(), message.data())};
    if (!pcap) return failed(Code::Unavailable, "interface " + interface + ": " + message.data());
    pcap_set_snaplen(pcap.get(), options.snaplen_bytes);
    pcap_set_promisc(pcap.get(), 1);
    pcap_set_buffer_size(pcap.get(), options.ring_mib * 1024 * 1024);
    pcap_set_timeout(pcap.get(), block_timeout_ms);  // And not immediate mode: that would mean TPACKET_V2 and few, large slots.
    if (const int status = pcap_activate(pcap.get()); status < 0) return std::unexpected{failure(interface, status, pcap.get())};
    if (pcap_datalink(pcap.get()) != DLT_EN10MB) return failed(Code::Invalid, "interface " + interface + " is not Ethernet");
    if (!set_snapshot_filter(pcap.get()) || pcap_setnonblock(pcap.get(), 1, message.data()) != 0)
        return failed(Code::Unavailable, "interface " + interface + ": " + pcap_geterr(pcap.get()));
    return Capture{std::make_unique<Handle>(Handle{.interface = interface, .pcap = std::move(pcap)})};
}

int Capture::descriptor() const noexcept { return pcap_get_selectable_fd(handle_->pcap.get()); }

Result<std::size_t> Capture::drain(FrameSink& sink, std::size_t most) {
    const auto deliver = [](u_char* user, const pcap_pkthdr* header, const u_char* data) {
        auto* target = static_cast<FrameSink*>(static_cast<void*>(user));
        target->frame(std::as_bytes(std::span{data, header->caplen}), std::max(header->len, header->caplen));
    };
    const int count =
        pcap_dispatch(handle_->pcap.get(), static_cast<int>(most), deliver, static_cast<u_char*>(static_cast<void*>(&sink)));
    if (count < 0) return std::unexpected{failure(handle_->interface, count, handle_->pcap.get())};
    return static_cast<std::size_t>(count);
}

std::uint64_t Capture::dropped() {
    pcap_stat statistics{};
    if (pcap_stats(handle_->pcap.get(), &statistics) == 0) {
        handle_->dropped += statistics.ps_drop - handle_->last_drop;
        handle_->last_drop = statistics.ps_drop;
    }
    return handle_->dropped;
}

Status send_frame(const std::string& interface, BytesView frame) {
    const Socket socket{AF_PACKET, SOCK_RAW, 0};
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    const auto* const address = static_cast<const sockaddr*>(static_cast<const void*>(&to));
    if (::sendto(socket.get(), frame.data(), frame.size(), MSG_DONTWAIT, address, sizeof to) < 0)
        return failed(Code::Unavailable, "interface " + interface + ": " + std::strerror(errno));
    return {};
}

Status may_capture() {
    const Socket socket{AF_PACKET, SOCK_RAW, 0};  // Protocol 0: it hears nothing.
    if (socket.get() >= 0) return {};
    if (errno == EPERM || errno == EACCES)
        return failed(Code::Denied, "may not capture packets: run as root or grant CAP_NET_RAW");
    return failed(Code::Internal, std::string{"cannot open a packet socket: "} + std::strerror(errno));
}

std::vector<std::string> interface_names() {
    std::vector<std::string> names;
    auto* list = if_nameindex();
    for (auto* entry = list; entry != nullptr && entry->if_index != 0; ++entry) names.emplace_back(entry->if_name);
    if (list != nullptr) if_freenameindex(list);
    return names;
}

Result<Mac> hardware_address(const std::string& interface) {
    const Socket socket{AF_INET, SOCK_DGRAM, 0};
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    if (ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0)
        return failed(Code::NotFound, "interface " + interface + " does not exist");
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return failed(Code::Invalid, "interface " + interface + " is not Ethernet");
    Mac mac;
    std::memcpy(mac.octets.data(), request.ifr_hwaddr.sa_data, mac.octets.size());
    return mac;
}

}  // namespace vivi::pcapd
