// A resolver that does to each name what its first label says: for what no honest server does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "common/core/bytes.hpp"
#include "tests/adapters/dnsd/venue.hpp"

namespace vivi::test {

/// On 127.0.0.1:port, UDP and TCP, in a thread of its own. Every name has the address 198.18.1.10; a lie is 198.18.9.9.
///
///     wrong-id, wrong-question, wrong-port, garbage   a lie (or a loop of compression pointers) first, then the answer
///     late       nothing the first time
///     never      nothing
///     truncated  an empty answer with TC over UDP, the answer over TCP
///     upper      the name in capitals, always: 0x20 is lost
class ScriptedUpstream {
public:
    /// With `where`, on every address of that network namespace instead.
    explicit ScriptedUpstream(std::uint16_t port, const std::string& where = {}) {
        const auto make = [&] {
            const auto address = where.empty() ? INADDR_LOOPBACK : INADDR_ANY;
            udp_ = open(SOCK_DGRAM, port, address);
            tcp_ = open(SOCK_STREAM, port, address);
        };
        where.empty() ? make() : inside(where, make);
        ::listen(tcp_, 16);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~ScriptedUpstream() {
        is_over_ = true;
        thread_.join();
        ::close(udp_);
        ::close(tcp_);
    }
    ScriptedUpstream(const ScriptedUpstream&) = delete;
    ScriptedUpstream& operator=(const ScriptedUpstream&) = delete;

    int tcp_questions() const { return tcp_questions_; }
    int udp_questions() const { return udp_questions_; }

private:
    static int open(int type, std::uint16_t port, std::uint32_t where) {
        const int made = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
        const int yes = 1;
        ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(where);
        if (::bind(made, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) != 0)
            throw std::runtime_error{"bind " + std::to_string(port)};
        return made;
    }

    /// The question as it came, with QR set, an id of `id` and one A record.
    static Bytes answer(BytesView question, std::uint32_t address, std::uint16_t flags = 0x8180, int records = 1) {
        Bytes made{question.begin(), question.begin() + static_cast<std::ptrdiff_t>(question_end(question))};
        made[2] = static_cast<std::byte>(flags >> 8);
        made[3] = static_cast<std::byte>(flags & 0xff);
        made[7] = static_cast<std::byte>(records);
        made[11] = std::byte{0};  // No OPT record of our own.
        if (records == 0) return made;
        Writer record;
        record.u16(0xc00c).u16(1).u16(1).u32(60).u16(4).u32(address);
        made.insert(made.end(), record.view().begin(), record.view().end());
        return made;
    }
    static std::size_t question_end(BytesView question) {
        std::size_t at = 12;
        while (at < question.size() && question[at] != std::byte{0}) at += 1 + std::to_integer<std::size_t>(question[at]);
        return at + 5;
    }
    static std::string first_label(BytesView question) {
        const auto size = std::to_integer<std::size_t>(question[12]);
        std::string label{as_text(question.subspan(13, size))};
        for (auto& c : label) c = static_cast<char>(::tolower(c));
        return label;
    }

    void serve() {
        std::array<std::byte, 4'096> buffer{};
        while (!is_over_) {
            std::array<pollfd, 2> ready{pollfd{udp_, POLLIN, 0}, pollfd{tcp_, POLLIN, 0}};
            if (::poll(ready.data(), ready.size(), 50) <= 0) continue;
            if ((ready[0].revents & POLLIN) != 0) {
                sockaddr_in from{};
                socklen_t size = sizeof from;
                const auto count = ::recvfrom(udp_, buffer.data(), buffer.size(), 0, as_address(from), &size);
                if (count > 12) answer_udp(BytesView{buffer}.first(static_cast<std::size_t>(count)), from);
            }
            if ((ready[1].revents & POLLIN) != 0) answer_tcp();
        }
    }
    void answer_udp(BytesView question, const sockaddr_in& to) {
        ++udp_questions_;
        const auto how = first_label(question);
        const auto lie = answer(question, lying_address);
        if (how == "never" || (how == "late" && ++late_[how] == 1)) return;
        if (how == "truncated") return send(udp_, answer(question, true_address, 0x8380, 0), to);
        if (how == "wrong-id") {
            auto wrong = lie;
            wrong[1] ^= std::byte{1};
            send(udp_, wrong, to);
        } else if (how == "wrong-question") {
            auto wrong = lie;
            wrong[14] ^= std::byte{2};
            send(udp_, wrong, to);
        } else if (how == "wrong-port") {
            const int other = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            send(other, lie, to);
            ::close(other);
        } else if (how == "garbage") {
            auto loop = lie;
            loop[question_end(question) + 1] = static_cast<std::byte>(question_end(question));  // The owner points at itself.
            send(udp_, loop, to);
            send(udp_, Bytes(3), to);
            send(udp_, Bytes{question.begin(), question.end()}, to);  // The question itself.
        }
        auto right = answer(question, true_address);
        if (how == "upper") {
            for (std::size_t i = 12; i < question_end(question) - 4; ++i)
                right[i] = static_cast<std::byte>(::toupper(std::to_integer<int>(right[i])));
        }
        send(udp_, right, to);
    }
    void answer_tcp() {
        const int stream = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
        std::array<std::byte, 4'096> buffer{};
        const auto count = ::recv(stream, buffer.data(), buffer.size(), 0);
        if (count > 14) {
            ++tcp_questions_;
            const auto made = answer(BytesView{buffer}.first(static_cast<std::size_t>(count)).subspan(2), true_address);
            Writer out;
            out.u16(static_cast<std::uint16_t>(made.size())).put(made);
            ::send(stream, out.view().data(), out.size(), MSG_NOSIGNAL);
        }
        ::close(stream);
    }
    static void send(int socket, const Bytes& bytes, const sockaddr_in& to) {
        ::sendto(socket, bytes.data(), bytes.size(), 0, static_cast<const sockaddr*>(static_cast<const void*>(&to)), sizeof to);
    }
    static sockaddr* as_address(sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); }

    static constexpr std::uint32_t true_address = 0xc612010a, lying_address = 0xc6120909;
    int udp_ = -1, tcp_ = -1;
    std::atomic<bool> is_over_ = false;
    std::atomic<int> udp_questions_ = 0, tcp_questions_ = 0;
    std::map<std::string, int> late_{};
    std::thread thread_;
};

}  // namespace vivi::test
