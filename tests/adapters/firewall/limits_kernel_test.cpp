// Rate limits in a real kernel, by transfers: TCP uses the limit and does not get above, each device its own or all together.
// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

using test::Socket;

constexpr std::uint16_t bulk = 5001;
constexpr auto measured = 5000ms;

/// What came through, and how long that took: from before the first byte was sent until after the last was taken.
struct Passed {
    double kbit = 0;
    double seconds = 0;
};

/// A TCP connection of which one end writes what it can and the other reads what comes.
class Transfer {
public:
    Transfer(Socket writer, Socket reader) : writer_{std::move(writer)}, reader_{std::move(reader)} {}

    Passed run() {
        const auto start = std::chrono::steady_clock::now();
        std::vector<char> buffer(65'536);
        std::size_t received = 0;
        while (std::chrono::steady_clock::now() < start + measured) {
            ::send(writer_.number(), buffer.data(), buffer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (!reader_.is_ready(POLLIN, 2ms)) continue;
            const auto count = ::recv(reader_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count > 0) received += static_cast<std::size_t>(count);
        }
        const std::chrono::duration<double> span = std::chrono::steady_clock::now() - start;
        return {.kbit = static_cast<double>(received) * 8 / 1000, .seconds = span.count()};
    }

private:
    Socket writer_, reader_;
};

/// A token bucket of `kbit` a second that holds a second's worth and 64 KiB (nft_limit.c) lets no more through than its rate
/// times the time and once its content, however the machine stalls. TCP, which backs off at each loss, takes at least half of it.
MATCHER_P(IsHeldTo, kbit, "") {
    const double most = kbit * (arg.seconds + 1) * 1.02 + 65'536 * 8 / 1000.0, least = kbit * arg.seconds * 0.5;
    *result_listener << arg.kbit << " kbit in " << arg.seconds << " s, allowed are " << least << " to " << most;
    return arg.kbit <= most && arg.kbit >= least;
}

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
    static std::pair<Passed, Passed> both(Transfer first, Transfer second) {
        auto other = std::async(std::launch::async, [&] { return second.run(); });
        const auto passed = first.run();
        return {passed, other.get()};
    }

    Socket server{};
};

TEST_F(FirewallLimits, EachDeviceGetsItsOwnAndBothDirectionsDiffer) {
    policy().limits = {{.up_kbit = 2'000, .down_kbit = 8'000}};
    apply();
    const auto [up, down] = both(transfer("guest1", Way::Up), transfer("guest2", Way::Down));
    EXPECT_THAT(up, IsHeldTo(2'000.0));
    EXPECT_THAT(down, IsHeldTo(8'000.0));
    EXPECT_GT(hits("limit"), 0U);
}

TEST_F(FirewallLimits, AGroupsLimitIsSharedByItsMembers) {
    policy().groups = {{.name = "guests", .devices = {guest1, guest2}}};
    policy().limits = {{.group = "guests", .each_device = false, .down_kbit = 8'000}};
    apply();
    const auto [first, second] = both(transfer("guest1", Way::Down), transfer("guest2", Way::Down));
    const Passed together{.kbit = first.kbit + second.kbit, .seconds = std::max(first.seconds, second.seconds)};
    EXPECT_THAT(together, IsHeldTo(8'000.0));
}

TEST_F(FirewallLimits, TheNarrowestRowDecidesAndProtectedDevicesAreNotSlowed) {
    policy().limits = {{.up_kbit = 1'000, .down_kbit = 1'000}, {.device = guest1, .down_kbit = 6'000}};
    policy().protected_devices = {guest2};
    apply();
    const auto [own, free] = both(transfer("guest1", Way::Down), transfer("guest2", Way::Down));
    EXPECT_THAT(own, IsHeldTo(6'000.0));
    EXPECT_GT(free.kbit, own.kbit * 5);
}

}  // namespace
}  // namespace vivi::firewall
