// Requests to where a stranger said, over real sockets: what is not public is never connected to, redirects are not followed.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/fetch.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/adapters/child.hpp"
#include "tests/adapters/loop.hpp"

namespace vivi::test {
namespace {

using egress::Fetcher;
using egress::FetchRequest;
using egress::Schemes;

/// A web server that gives everybody the same bytes, or says nothing when there are none.
class TinySite {
public:
    explicit TinySite(std::string answer) : answer_{std::move(answer)} {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
            getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error{"the site cannot listen"};
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
    }
    ~TinySite() {
        thread_.request_stop();
        thread_.join();
        close(listener_);
    }
    TinySite(const TinySite&) = delete;
    TinySite& operator=(const TinySite&) = delete;

    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port_) + "/hook";
    }
    int connections() const noexcept { return connections_; }
    std::string request() const {
        const std::lock_guard lock{mutex_};
        return request_;
    }

private:
    static bool is_readable(int socket) {
        pollfd one{.fd = socket, .events = POLLIN, .revents = 0};
        return poll(&one, 1, 50) > 0;
    }
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (!is_readable(listener_)) continue;
            const auto connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            ++connections_;
            converse(connection, stop);
            close(connection);
        }
    }
    void converse(int connection, const std::stop_token& stop) {
        char bytes[8192];
        bool is_answered = false;
        while (!stop.stop_requested()) {
            if (!is_readable(connection)) continue;
            const auto got = recv(connection, bytes, sizeof bytes, 0);
            if (got <= 0) return;
            const std::lock_guard lock{mutex_};
            request_.append(bytes, static_cast<std::size_t>(got));
            if (answer_.empty() || is_answered || request_.find("\r\n\r\n") == std::string::npos) continue;
            static_cast<void>(send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL));
            is_answered = true;
            shutdown(connection, SHUT_WR);
        }
    }

    std::string answer_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    mutable std::mutex mutex_;
    std::string request_;
    std::jthread thread_;
};

constexpr const char* hello = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

class FetchTest : public ::testing::Test {
protected:
    Result<egress::FetchResponse> fetch(FetchRequest request) { return loop.run(fetcher.fetch(std::move(request))); }
    Loop loop;
    Fetcher fetcher{2, egress::LoopbackAllowance{}};
};

TEST_F(FetchTest, GivesTheAnswer) {
    const TinySite site{hello};
    const auto answer = fetch({.url = site.url(), .schemes = Schemes::HttpToo});
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->body, "hello");
}

TEST_F(FetchTest, SendsABodyAndHeaders) {
    const TinySite site{hello};
    ASSERT_TRUE(
        fetch({.url = site.url(), .headers = {{"X-Vivi-Event", "alarm"}}, .body = "{\"a\":1}", .schemes = Schemes::HttpToo}));
    EXPECT_TRUE(site.request().starts_with("POST /hook HTTP/1.1\r\n")) << site.request();
    EXPECT_NE(site.request().find("\r\nX-Vivi-Event: alarm\r\n"), std::string::npos) << site.request();
    EXPECT_EQ(fetch({.url = site.url(), .headers = {{"X", "a\r\nY: b"}}, .schemes = Schemes::HttpToo}).error().code,
              Code::Invalid);
}

TEST_F(FetchTest, NeverConnectsToWhatIsNotPublic) {
    const TinySite site{hello};
    Fetcher strict{2};
    for (const auto* host : {"127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0", "[::ffff:127.0.0.1]", "[::1]"}) {
        const auto answer = loop.run(strict.fetch({.url = site.url(host), .schemes = Schemes::HttpToo}));
        ASSERT_FALSE(answer) << host;
        EXPECT_EQ(answer.error().code, Code::Denied) << host << ": " << answer.error().detail;
    }
    EXPECT_EQ(fetch({.url = site.url("127.0.0.2"), .schemes = Schemes::HttpToo}).error().code, Code::Denied)
        << "the tests' allowance is for one address";
    EXPECT_EQ(site.connections(), 0);
}

TEST_F(FetchTest, FollowsNoRedirect) {
    const TinySite target{hello};
    const TinySite site{"HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n"};
    EXPECT_EQ(fetch({.url = site.url(), .schemes = Schemes::HttpToo}).error().code, Code::Denied);
    EXPECT_EQ(target.connections(), 0);
}

TEST_F(FetchTest, TakesNoMoreThanItAskedFor) {
    const TinySite told{"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1'001, 'x')};
    EXPECT_EQ(fetch({.url = told.url(), .schemes = Schemes::HttpToo, .most_bytes = 1'000}).error().code, Code::Overflow);
    const TinySite untold{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1'001, 'x')};
    EXPECT_EQ(fetch({.url = untold.url(), .schemes = Schemes::HttpToo, .most_bytes = 1'000}).error().code, Code::Overflow);
    const TinySite just{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1'000, 'x')};
    EXPECT_TRUE(fetch({.url = just.url(), .schemes = Schemes::HttpToo, .most_bytes = 1'000}));
    std::string headers;
    for (int i = 0; i < 70; ++i) headers += "X: " + std::string(1'000, 'x') + "\r\n";
    const TinySite wordy{"HTTP/1.1 200 OK\r\n" + headers + "\r\n"};
    EXPECT_EQ(fetch({.url = wordy.url(), .schemes = Schemes::HttpToo}).error().code, Code::Overflow);
}

TEST_F(FetchTest, WaitsNoLongerThanItWasTold) {
    const TinySite silent{""};
    EXPECT_EQ(fetch({.url = silent.url(), .schemes = Schemes::HttpToo, .timeout = Milliseconds{200}}).error().code,
              Code::Timeout);
}

TEST_F(FetchTest, RefusesOtherSchemesAndUsers) {
    for (const auto* url : {"http://127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "nonsense", ""})
        EXPECT_EQ(fetch({.url = url}).error().code, Code::Invalid) << url;
    EXPECT_EQ(fetch({.url = "http://ann:secret@127.0.0.1/", .schemes = Schemes::HttpToo}).error().code, Code::Invalid);
}

TEST_F(FetchTest, TakesNoProxyFromTheEnvironment) {
    const TinySite site{hello}, proxy{hello};
    setenv("http_proxy", proxy.url().c_str(), 1);
    setenv("ALL_PROXY", proxy.url().c_str(), 1);
    EXPECT_TRUE(fetch({.url = site.url(), .schemes = Schemes::HttpToo}));
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(FetchTest, SpeaksOnlyWithWhomAnAuthorityVouchesFor) {
    const TempFolder folder;
    const auto certificate = folder / "site.pem", key = folder / "site.key";
    run_to_end({.command = {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "1", "-subj", "/CN=site", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                            certificate}});
    const auto port = free_port();
    const Child site{{.command = {"/usr/bin/openssl", "s_server", "-accept", std::to_string(port), "-cert", certificate, "-key",
                                  key, "-www", "-quiet"},
                      .output = folder / "log"}};
    await("the site", [&] { return accepts(port); });
    const auto url = "https://127.0.0.1:" + std::to_string(port) + "/";
    EXPECT_EQ(fetch({.url = url}).error().code, Code::Unavailable) << "nobody vouches for it";
    Fetcher trusting{1, egress::LoopbackAllowance{.ca_file = certificate}};
    const auto answer = loop.run(trusting.fetch({.url = url}));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace vivi::test
