// Rate limits in a real kernel, by transfers: TCP gets near the limit and not above, each device its own or all together.
// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

using test::Socket;

constexpr std::uint16_t bulk = 5001;
constexpr auto settled = 1500ms, measured = 3000ms;  ///< The bucket holds a second's worth: that is let through first.

/// A TCP connection of which one end writes what it can and the other reads what comes.
class Transfer {
public:
    Transfer(Socket writer, Socket reader) : writer_{std::move(writer)}, reader_{std::move(reader)} {}

    /// In kbit/s, after the bucket is empty.
    double rate() {
        pump(settled);
        const auto start = std::chrono::steady_clock::now();
        const auto bytes = pump(measured);
        const std::chrono::duration<double> span = std::chrono::steady_clock::now() - start;
        return static_cast<double>(bytes) * 8 / 1000 / span.count();
    }

private:
    std::size_t pump(Milliseconds span) {
        const auto end = std::chrono::steady_clock::now() + span;
        std::vector<char> buffer(65'536);
        std::size_t received = 0;
        while (std::chrono::steady_clock::now() < end) {
            ::send(writer_.number(), buffer.data(), buffer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (!reader_.is_ready(POLLIN, 2ms)) continue;
            const auto count = ::recv(reader_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count > 0) received += static_cast<std::size_t>(count);
        }
        return received;
    }

    Socket writer_, reader_;
};

class FirewallLimits : public Venue {
protected:
    void SetUp() override {
        Venue::SetUp();
        server = place->listen("internet", SOCK_STREAM, bulk);
    }
    enum class Way : std::uint8_t { Up, Down };
    Transfer transfer(const std::string& guest, Way way) {
        auto near = place->connect(guest, "192.0.2.1", bulk);
        if (!near || !server.is_ready(POLLIN, 1s)) throw std::runtime_error{"no connection"};
        Socket far{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
        return way == Way::Up ? Transfer{*std::move(near), std::move(far)} : Transfer{std::move(far), *std::move(near)};
    }
    static std::pair<double, double> both(Transfer first, Transfer second) {
        auto other = std::async(std::launch::async, [&] { return second.rate(); });
        const auto rate = first.rate();
        return {rate, other.get()};
    }
    static testing::Matcher<double> near(double kbit) { return testing::AllOf(testing::Gt(kbit * 0.8), testing::Lt(kbit * 1.2)); }

    Socket server{};
};

TEST_F(FirewallLimits, EachDeviceGetsItsOwnAndBothDirectionsDiffer) {
    policy().limits = {{.up_kbit = 2'000, .down_kbit = 8'000}};
    apply();
    const auto [up, down] = both(transfer("guest1", Way::Up), transfer("guest2", Way::Down));
    EXPECT_THAT(up, near(2'000));
    EXPECT_THAT(down, near(8'000));
    EXPECT_GT(hits("limit"), 0U);
}

TEST_F(FirewallLimits, AGroupsLimitIsSharedByItsMembers) {
    policy().groups = {{.name = "guests", .devices = {guest1, guest2}}};
    policy().limits = {{.group = "guests", .each_device = false, .down_kbit = 8'000}};
    apply();
    const auto [first, second] = both(transfer("guest1", Way::Down), transfer("guest2", Way::Down));
    EXPECT_THAT(first + second, near(8'000));
}

TEST_F(FirewallLimits, TheNarrowestRowDecidesAndProtectedDevicesAreNotSlowed) {
    policy().limits = {{.up_kbit = 1'000, .down_kbit = 1'000}, {.device = guest1, .down_kbit = 6'000}};
    policy().protected_devices = {guest2};
    apply();
    const auto [own, free] = both(transfer("guest1", Way::Down), transfer("guest2", Way::Down));
    EXPECT_THAT(own, near(6'000));
    EXPECT_GT(free, 50'000.0);
}

}  // namespace
}  // namespace vivi::firewall
