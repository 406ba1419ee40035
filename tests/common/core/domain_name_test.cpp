// Names in all their spellings, and that the quick check agrees with the normalising one.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/domain_name.hpp"

#include <gtest/gtest.h>

namespace vivi {
namespace {

TEST(DomainName, TheQuickCheckSaysYesExactlyWhenNothingWouldChange) {
    for (const std::string text : {"example.org",
                                   "a",
                                   "xn--bcher-kva.example",
                                   "_dmarc.example.org",
                                   "1.2.3",
                                   "1.2.3.4.5",
                                   "v1.2.3.4",
                                   "Example.org",
                                   "example.org.",
                                   "",
                                   ".",
                                   "a..b",
                                   ".a",
                                   "a.",
                                   "192.0.2.1",
                                   "b\xc3\xbc"
                                   "cher.example",
                                   "a b",
                                   "*.example.org",
                                   "a/b",
                                   "a\tb"}) {
        EXPECT_EQ(is_normalised_domain(text), normalise_domain(text) == text) << text;
    }
    const std::string label(63, 'a');
    EXPECT_TRUE(is_normalised_domain(label + "." + label + "." + label + "." + label.substr(2)));
    EXPECT_FALSE(is_normalised_domain(label + "." + label + "." + label + "." + label.substr(1))) << "254 characters";
    EXPECT_FALSE(is_normalised_domain(label + "a.org"));
}

}  // namespace
}  // namespace vivi
