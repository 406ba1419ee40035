// What the peer of a session may ask for: two forwards and their channels; the rest is refused and logged.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/runtime/log.hpp"
#include "common/ssh/link.hpp"

namespace vivi::ssh {
namespace {

std::string channel_kind(int subtype) {
    switch (subtype) {
        case SSH_CHANNEL_SESSION: return "session";
        case SSH_CHANNEL_DIRECT_TCPIP: return "direct-tcpip";
        case SSH_CHANNEL_FORWARDED_TCPIP: return "forwarded-tcpip";
        case SSH_CHANNEL_X11: return "x11";
        case SSH_CHANNEL_AUTH_AGENT: return "auth-agent";
        default: return "unknown channel";
    }
}

/// A port of the wire is 32 bits; what does not fit is no forward of ours.
Forward forward_of(const char* name, int port) {
    const bool fits = name != nullptr && port >= 0 && port <= 65'535;
    return fits ? Forward{.name = name, .port = static_cast<std::uint16_t>(port)} : Forward{};
}

}  // namespace

std::string to_string(const Forward& forward) { return forward.name + ':' + std::to_string(forward.port); }

/// Called by libssh while it handles a packet. 1: libssh answers with its refusal; 0: we have answered.
int Link::on_message(ssh_session, ssh_message message, void* self) { return static_cast<Link*>(self)->answer(message) ? 0 : 1; }

bool Link::answer(ssh_message message) {
    switch (ssh_message_type(message)) {
        case SSH_REQUEST_GLOBAL: return answer_forward(message);
        case SSH_REQUEST_CHANNEL_OPEN: return answer_open(message);
        case SSH_REQUEST_CHANNEL: refuse("channel request", std::to_string(ssh_message_subtype(message))); return false;
        default: refuse("request", std::to_string(ssh_message_type(message))); return false;
    }
}

/// RFC 4254 section 7.1. Granting binds nothing: it allows us to open channels to that name.
bool Link::answer_forward(ssh_message message) {
    const auto forward = forward_of(ssh_message_global_request_address(message), ssh_message_global_request_port(message));
    const bool is_known = std::ranges::find(rules.forwards, forward) != rules.forwards.end();
    const int subtype = ssh_message_subtype(message);
    if (end_ == End::Hub && is_known && subtype == SSH_GLOBAL_REQUEST_TCPIP_FORWARD) {
        forwards.insert(forward);
    } else if (end_ == End::Hub && is_known && subtype == SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD) {
        forwards.erase(forward);
    } else {
        refuse(subtype == SSH_GLOBAL_REQUEST_TCPIP_FORWARD ? "tcpip-forward" : "global request", to_string(forward));
        return false;
    }
    ssh_message_global_request_reply_success(message, forward.port);
    return true;
}

/// RFC 4254 section 7.2, on the router's end; the hub's end accepts no channel at all.
bool Link::answer_open(ssh_message message) {
    const int subtype = ssh_message_subtype(message);
    const auto kind = channel_kind(subtype);
    if (subtype != SSH_CHANNEL_FORWARDED_TCPIP && subtype != SSH_CHANNEL_DIRECT_TCPIP) {
        refuse(kind, "");
        return false;
    }
    const auto forward = forward_of(ssh_message_channel_request_open_destination(message),
                                    ssh_message_channel_request_open_destination_port(message));
    const bool is_ours = end_ == End::Router && subtype == SSH_CHANNEL_FORWARDED_TCPIP && forwards.contains(forward);
    if (!is_ours || channels.size() >= rules.most_channels) {
        refuse(kind, is_ours ? "too many channels" : to_string(forward));
        return false;
    }
    const auto channel = ssh_message_channel_request_open_reply_accept(message);
    if (channel == nullptr) return false;
    incoming.push_back({.forward = forward, .channel = Channel{std::make_unique<ChannelState>(*this, channel)}});
    progress.notify();
    return true;
}

void Link::refuse(const std::string& kind, const std::string& detail) {
    log::warn("ssh.refused", {{"peer", peer}, {"kind", kind}, {"detail", detail}});
    if (++refusals_ >= rules.most_refusals) end({Code::Denied, "the peer asks again and again for what is not allowed"});
}

}  // namespace vivi::ssh
