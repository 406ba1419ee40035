// Capturing on a real interface: what is counted equals what the kernel says went over it, and an interface may come and go.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/capture.hpp"

#include <gmock/gmock.h>

#include <memory>

#include "tests/adapters/pcapd/counting.hpp"
#include "tests/adapters/pcapd/wire.hpp"

namespace vivi::pcapd {
namespace {

using test::PrivateWire;

class OnAWire : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (PrivateWire::is_allowed()) wire = std::make_unique<PrivateWire>();
    }
    static void TearDownTestSuite() { wire.reset(); }
    void SetUp() override { ASSERT_TRUE(wire) << "needs root to make network namespaces"; }
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
    EXPECT_EQ(counting.sum.packets_up, after.packets_up - before.packets_up);
    // The kernel counts pcapd's own test frame (60 bytes with its header), pcapd does not.
    EXPECT_EQ(counting.sum.bytes_down + 46, after.bytes_down - before.bytes_down);
    EXPECT_EQ(counting.sum.packets_down + 1, after.packets_down - before.packets_down);
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

TEST_F(OnAWire, SeesItsOwnTestFrameAndCountsItNot) {
    Counting counting{100ms};
    counting.await_captured();
    const auto tick = counting.await([](const Tick& now) { return now.interfaces[0].self_test != SelfTest::Waiting; });
    EXPECT_EQ(tick.interfaces[0].self_test, SelfTest::Passed);
    EXPECT_EQ(tick.counts.ignored, 0U);
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
