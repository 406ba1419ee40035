// Capturing on a real interface: what is counted equals what the kernel says went over it, and an interface may come and go.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/capture.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <set>

#include "router/pcapd/counter.hpp"
#include "tests/adapters/pcapd/wire.hpp"

namespace vivi::pcapd {
namespace {

using test::PrivateWire;

/// A Counter on lan0 and the ticks it handed over.
class Counting {
public:
    explicit Counting(Milliseconds period)
        : counter{
              {}, period, {.tick = [this](const Tick& tick) { return take(tick); }, .alarm = [](const Alarm&) { return true; }}} {
        counter.watch({.revision = 1, .interfaces = {"lan0"}, .prefixes = {*parse_ipv4_prefix("10.66.0.1/24")}});
    }

    /// Waits for a tick that `is_it`; sums all of them on the way.
    Tick await(const std::function<bool(const Tick&)>& is_it) {
        std::unique_lock lock{mutex};
        for (;;) {
            if (!arrived.wait_for(lock, std::chrono::seconds{20}, [&] { return !ticks.empty(); }))
                throw std::runtime_error{"no tick came"};
            const auto tick = std::move(ticks.front());
            ticks.pop_front();
            dropped += tick.batch.dropped;
            for (const auto& row : tick.batch.rows) {
                sum.bytes_up += row.bytes_up;
                sum.bytes_down += row.bytes_down;
                sum.packets_up += row.packets_up;
                sum.packets_down += row.packets_down;
                devices.insert(row.device);
            }
            if (is_it(tick)) return tick;
        }
    }
    void await_captured() {
        await([](const Tick& tick) { return !tick.interfaces.empty() && tick.interfaces[0].problem.empty(); });
    }
    void finish() {
        counter.stop();
        await([](const Tick& tick) { return tick.is_last; });
    }

    Counters sum{};
    std::uint64_t dropped = 0;
    std::set<Mac> devices{};

private:
    bool take(const Tick& tick) {
        const std::lock_guard lock{mutex};
        ticks.push_back(tick);
        arrived.notify_one();
        return true;
    }

    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Tick> ticks;

public:
    Counter counter;  // Last: its thread uses the rest.
};

class OnAWire : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (PrivateWire::is_allowed()) wire = std::make_unique<PrivateWire>();
    }
    static void TearDownTestSuite() { wire.reset(); }
    void SetUp() override {
        ASSERT_TRUE(wire) << "needs root to make network namespaces";
    }
    static inline std::unique_ptr<PrivateWire> wire;
};

TEST_F(OnAWire, CountsWhatTheKernelCounts) {
    const auto before = PrivateWire::kernel();
    Counting counting{250ms};
    counting.await_captured();
    wire->device_sends(20'000'000);
    counting.finish();

    const auto after = PrivateWire::kernel();
    EXPECT_EQ(counting.dropped, 0U);
    EXPECT_EQ(counting.sum.bytes_up, after.bytes_up - before.bytes_up);
    EXPECT_EQ(counting.sum.bytes_down, after.bytes_down - before.bytes_down);
    EXPECT_EQ(counting.sum.packets_up, after.packets_up - before.packets_up);
    EXPECT_EQ(counting.sum.packets_down, after.packets_down - before.packets_down);
    EXPECT_GE(counting.sum.bytes_up, 20'000'000U);
    EXPECT_EQ(counting.devices, (std::set<Mac>{Mac{{2, 0, 0, 0, 0, 1}}}));
}

TEST_F(OnAWire, EndsATickAtOnceWhenThePeriodShrinks) {
    Counting counting{60s};
    counting.await_captured();
    wire->device_sends(1'000);
    const auto began = std::chrono::steady_clock::now();
    counting.counter.set_period(250ms);
    counting.await([](const Tick& tick) { return !tick.batch.rows.empty(); });
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_F(OnAWire, GoesOnWhenTheInterfaceComesBack) {
    Counting counting{100ms};
    counting.await_captured();
    wire->disconnect();
    const auto lost = counting.await([](const Tick& tick) { return !tick.interfaces[0].problem.empty(); });
    EXPECT_THAT(lost.interfaces[0].problem, testing::HasSubstr("lan0"));
    wire->connect();
    counting.await_captured();
    const auto before = PrivateWire::kernel();
    const auto counted = counting.sum.bytes_up;
    wire->device_sends(100'000);
    counting.finish();
    EXPECT_EQ(counting.sum.bytes_up - counted, PrivateWire::kernel().bytes_up - before.bytes_up);
}

TEST_F(OnAWire, SaysWhatIsWrongWithAnInterface) {
    const auto missing = Capture::open("nope0", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Code::NotFound);
    test::run("ip link set lan0 down");
    const auto down = Capture::open("lan0", {});
    EXPECT_FALSE(down);
    EXPECT_EQ(down.error().detail, "interface lan0 is down");
    test::run("ip link set lan0 up");
    EXPECT_THAT(interface_names(), testing::IsSupersetOf({"lo", "lan0"}));
}

}  // namespace
}  // namespace vivi::pcapd
