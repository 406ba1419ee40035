// What the tests of the daemon share: one venue with an authority and two resolvers for all of them, one dnsd each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "tests/adapters/dnsd/venue.hpp"

namespace vivi::dnsd {

class DnsdFixture : public testing::Test {
protected:
    static void SetUpTestSuite() {
        venue = std::make_unique<test::DnsVenue>();
        authority = std::make_unique<test::Authority>();
        first = std::make_unique<test::Resolver>(5335);
        second = std::make_unique<test::Resolver>(5336);
    }
    static void TearDownTestSuite() {
        second.reset();
        first.reset();
        authority.reset();
        venue.reset();
    }
    /// dnsd with the configuration document and these upstreams; `policy` is in force when it returns.
    test::Dnsd& start(const model::Policy& policy, const std::string& dns = "{}",
                      const std::string& upstreams = "127.0.0.1:5335,127.0.0.1:5336") {
        files.decide(policy, 1);
        std::ofstream{folder / "last-good.json"}
            << R"({"v":1,"revision":1,"networks":[{"name":"lan","interface":"lan0","address":"10.66.0.1/24"}],)"
            << R"("uplink":{"interface":"up0"},"dns":)" << dns << R"(,"policy":{},"monitoring":{}})";
        dnsd.emplace(std::map<std::string, std::string>{{"VIVI_POLICY_FOLDER", files.path()},
                                                        {"VIVI_LAST_GOOD_FILE", folder / "last-good.json"},
                                                        {"VIVI_UPSTREAM_ADDRESSES", upstreams}});
        return *dnsd;
    }

    static inline std::unique_ptr<test::DnsVenue> venue;
    static inline std::unique_ptr<test::Authority> authority;
    static inline std::unique_ptr<test::Resolver> first, second;
    test::TempFolder folder{};
    test::PolicyOnDisk files{};
    std::optional<test::Dnsd> dnsd{};
};

}  // namespace vivi::dnsd
