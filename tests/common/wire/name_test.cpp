// Names: folded, escaped, bounded.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vivi::wire {
namespace {

std::string text_of(std::string_view host_name) {
    Name name;
    return assign_host_name(name, as_bytes(host_name)) ? std::string{name.text()} : "(refused)";
}

TEST(Name, IsFoldedAndHasNoFinalDot) {
    EXPECT_EQ(text_of("WWW.Example.ORG"), "www.example.org");
    EXPECT_EQ(text_of("www.example.org."), "www.example.org");
    EXPECT_EQ(text_of("_dmarc.xn--bcher-kva.example"), "_dmarc.xn--bcher-kva.example");
}

TEST(Name, EscapesEveryOddOctet) {
    EXPECT_EQ(text_of("a b.example"), "a\\032b.example");
    EXPECT_EQ(text_of("\"@everyone\n.example"), "\\034\\064everyone\\010.example");
    EXPECT_EQ(text_of(std::string_view{"nul\0.example", 12}), "nul\\000.example");
    EXPECT_EQ(text_of("b\xc3\xbc"
                      "cher.example"),
              "b\\195\\188cher.example");
    Name name;
    EXPECT_TRUE(name.append(as_bytes("dotted.label")));
    EXPECT_EQ(name.text(), "dotted\\046label");
}

TEST(Name, RefusesEmptyAndLongLabels) {
    EXPECT_EQ(text_of(""), "(refused)");
    EXPECT_EQ(text_of("."), "(refused)");
    EXPECT_EQ(text_of("a..b"), "(refused)");
    EXPECT_EQ(text_of(".a"), "(refused)");
    EXPECT_EQ(text_of(std::string(63, 'a') + ".b"), std::string(63, 'a') + ".b");
    EXPECT_EQ(text_of(std::string(64, 'a') + ".b"), "(refused)");
}

TEST(Name, HasAtMost253Characters) {
    const std::string label(63, 'a');
    const auto longest = label + "." + label + "." + label + "." + std::string(61, 'b');
    ASSERT_EQ(longest.size(), 253U);
    EXPECT_EQ(text_of(longest), longest);
    EXPECT_EQ(text_of(longest + "b"), "(refused)");
    EXPECT_EQ(text_of(std::string(63, ' ') + "." + std::string(63, ' ')), "(refused)") << "escapes count too";
}

}  // namespace
}  // namespace vivi::wire
