// What systemd's and logind's answers mean, and their absence.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/units.hpp"

#include <gmock/gmock.h>

#include "common/runtime/blocking.hpp"
#include "common/runtime/task.hpp"
#include "tests/adapters/child.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/sim/systemd/systemd.hpp"

namespace vivi::test {
namespace {

using openvivi_embedded::Units;

struct OneMachine : sim::Machine {
    sim::Unit unit(const std::string&) override { return {}; }
    Status queue(sim::UnitVerb, const std::string&) override { return {}; }
    Status power(sim::PowerVerb) override {
        ++asked;
        return answer;
    }

    Status answer{};
    int asked = 0;
};

struct UnitsOfAMachine : testing::Test {
    Status reboot() {
        Status told;
        const auto call = [&]() -> Task<> {
            told = co_await blocking(pool, [&] { return Units{sim::bus_address(socket)}.power(openvivi_embedded::PowerVerb::Reboot); });
            throw boost::system::system_error{net::error::operation_aborted};  // The bus goes with it.
        };
        EXPECT_THROW(loop.run(together(sim::serve_systemd(machine, socket), call())), boost::system::system_error);
        return told;
    }

    Loop loop{};
    net::thread_pool pool{1};
    TempFolder folder{};
    std::string socket = folder / "bus";
    OneMachine machine{};
};

TEST_F(UnitsOfAMachine, ARebootIsAskedOfLogind) {
    EXPECT_TRUE(reboot());
    EXPECT_EQ(machine.asked, 1);
}

TEST_F(UnitsOfAMachine, ARefusedRebootSaysWhy) {
    machine.answer = failed(Code::Denied, "not you");
    const auto told = reboot();
    ASSERT_FALSE(told);
    EXPECT_THAT(told.error().detail, testing::HasSubstr("not you"));
    EXPECT_NE(told.error().code, Code::Timeout);
}

TEST_F(UnitsOfAMachine, ABusThatIsGoneBeforeItsAnswerLeavesOpenWhetherItWasDone) {
    machine.answer = failed(Code::Timeout, "gone");
    const auto told = reboot();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, Code::Timeout) << told.error().detail;
    EXPECT_EQ(machine.asked, 1);
}

TEST_F(UnitsOfAMachine, WithoutABusNothingWasAsked) {
    const auto told = Units{sim::bus_address(socket)}.power(openvivi_embedded::PowerVerb::Reboot);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, Code::Unavailable);
}

}  // namespace
}  // namespace vivi::test
