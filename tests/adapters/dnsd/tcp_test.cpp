// DNS over TCP as RFC 7766 wants it, and against clients that want everything.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "router/dnsd/socket_address.hpp"
#include "tests/adapters/dnsd/daemon_fixture.hpp"

namespace vivi::dnsd {
namespace {

Bytes question(std::uint16_t id, std::string_view name) {
    Writer out;
    out.u16(id).u16(0x0100).u16(1).u16(0).u16(0).u16(0);
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        out.u8(static_cast<std::uint8_t>(label.size())).put(label);
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    out.u8(0).u16(1).u16(1);
    return out.take_bytes();
}
Bytes framed(const Bytes& message) {
    Writer out;
    out.u16(static_cast<std::uint16_t>(message.size())).put(message);
    return out.take_bytes();
}

/// A TCP connection from the guest.
class Stream {
public:
    explicit Stream(const std::string& guest) {
        number_ = test::inside(guest, [] { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); });
        const auto to = to_kernel(*parse_endpoint("10.66.0.1", 53));
        if (::connect(number_, to.pointer(), to.size) != 0) throw std::runtime_error{"connect"};
    }
    ~Stream() { ::close(number_); }
    Stream(Stream&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Stream& operator=(Stream&&) = delete;

    void send(const Bytes& bytes) const { ::send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    void finish() const { ::shutdown(number_, SHUT_WR); }
    /// False: the other side did not end it within `most`.
    bool ends(Milliseconds most) const {
        const auto deadline = std::chrono::steady_clock::now() + most;
        std::array<std::byte, 65'536> ignored{};
        while (std::chrono::steady_clock::now() < deadline) {
            pollfd waiting{number_, POLLIN, 0};
            if (::poll(&waiting, 1, 50) > 0 && ::recv(number_, ignored.data(), ignored.size(), 0) <= 0) return true;
        }
        return false;
    }
    /// The next answer; empty when there is none within a few seconds.
    Bytes answer() const {
        const auto size = take(2);
        return size.empty() ? Bytes{} : take(Reader{size}.u16());
    }

private:
    Bytes take(std::size_t count) const {
        Bytes bytes(count);
        for (std::size_t have = 0; have < count;) {
            pollfd waiting{number_, POLLIN, 0};
            if (::poll(&waiting, 1, 4'000) <= 0) return {};
            const auto got = ::recv(number_, bytes.data() + have, count - have, 0);
            if (got <= 0) return {};
            have += static_cast<std::size_t>(got);
        }
        return bytes;
    }
    int number_ = -1;
};

class DnsdTcp : public DnsdFixture {
protected:
    void SetUp() override { start({.domains = {{.domain = "bad.example"}}}); }
    Stream connect() const { return Stream{venue->guest()}; }
    model::Json tcp() const { return dnsd->health()["tcp"]; }
};

TEST_F(DnsdTcp, AnswersManyQuestionsOfOneConnection) {
    const auto stream = connect();
    Bytes all;
    for (std::uint16_t id = 1; id <= 100; ++id) {
        const auto one =
            framed(question(id, id % 2 == 0 ? "www.bad.example" : "s" + std::to_string(id % 50 + 1) + ".site.example"));
        all.insert(all.end(), one.begin(), one.end());
    }
    stream.send(all);
    std::set<std::uint16_t> ids;
    for (int i = 0; i < 100; ++i) {
        const auto answer = stream.answer();
        ASSERT_GE(answer.size(), 12U) << i;
        ids.insert(Reader{answer}.u16());
    }
    EXPECT_EQ(ids.size(), 100U) << "in whatever order (RFC 7766 section 6.2.1.1)";
}

TEST_F(DnsdTcp, TakesAQuestionInPieces) {
    const auto stream = connect();
    for (const auto octet : framed(question(7, "www.bad.example"))) stream.send(Bytes{octet});
    EXPECT_EQ(Reader{stream.answer()}.u16(), 7);
}

TEST_F(DnsdTcp, AnswersAClientThatHasSaidEverything) {
    const auto stream = connect();
    stream.send(framed(question(8, "s3.site.example")));
    stream.finish();
    EXPECT_EQ(Reader{stream.answer()}.u16(), 8);
    EXPECT_TRUE(stream.ends(1s)) << "and then ends it";
}

TEST_F(DnsdTcp, GivesADeviceTenConnections) {
    std::vector<Stream> streams;
    for (int i = 0; i < 10; ++i) streams.push_back(connect());
    test::await("ten of them", [&] { return tcp()["connections"] == 10; });
    EXPECT_TRUE(connect().ends(2s)) << "an eleventh";
    EXPECT_EQ(tcp()["refused"], 1);
    streams.pop_back();
    test::await("nine of them", [&] { return tcp()["connections"] == 9; });
    const auto again = connect();
    again.send(framed(question(9, "www.bad.example")));
    EXPECT_EQ(Reader{again.answer()}.u16(), 9);
}

TEST_F(DnsdTcp, EndsWhatIsIdleForFiveSeconds) {
    const auto silent = connect(), dribbling = connect();
    const auto began = std::chrono::steady_clock::now();
    dribbling.send(Bytes(1));  // Half of a length is no question.
    EXPECT_TRUE(silent.ends(7s));
    EXPECT_TRUE(dribbling.ends(2s));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 4'500ms);
    test::await("their end", [&] { return tcp()["connections"] == 0; });
    EXPECT_EQ(tcp()["idle"], 2);
}

TEST_F(DnsdTcp, CutsAClientThatDoesNotRead) {
    const auto stream = connect();
    Bytes many;
    for (std::uint16_t id = 0; id < 1'000; ++id) {
        const auto one = framed(question(id, "www.bad.example"));
        many.insert(many.end(), one.begin(), one.end());
    }
    // Until its window, our send buffer and the bound are full; from then on sending fails.
    test::await("the cut", [&] {
        stream.send(many);
        return tcp()["slow"] == 1;
    });
    EXPECT_EQ(tcp()["connections"], 0);
}

TEST_F(DnsdTcp, EndsAConnectionThatSpeaksAnotherProtocol) {
    const auto stream = connect();
    const std::string http = "GET / HTTP/1.1\r\nHost: router\r\n\r\n";
    stream.send(Bytes{as_bytes(http).begin(), as_bytes(http).end()});  // Its first two bytes are a length of 18,245.
    EXPECT_TRUE(stream.ends(1s));
}

}  // namespace
}  // namespace vivi::dnsd
