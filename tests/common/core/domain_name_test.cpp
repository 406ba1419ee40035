// Names as people, browsers and lists write them, and what is none.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/domain_name.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

std::string of(char c, std::size_t count) { return std::string(count, c); }

TEST(DomainName, IsBroughtToOneForm) {
    const std::vector<std::pair<std::string, std::string>> names{
        {"example.org", "example.org"},
        {"WWW.Example.ORG.", "www.example.org"},
        {"org", "org"},
        {"_dmarc.example.org", "_dmarc.example.org"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"B\u00fccher.Example", "xn--bcher-kva.example"},  // As browsers: lower case before Punycode.
        {"fa\u00df.de", "xn--fa-hia.de"},                  // Not "fass.de": UTS 46 non-transitional.
        {"xn--ls8h.la",
         "xn--ls8h.la"},  // An emoji; registries sell them, IDNA 2008 has no such letter: only its A-label is a name.
        {"\u043f\u0440\u0438\u043c\u0435\u0440.example", "xn--e1afmkfd.example"},  // Cyrillic.
        {"p\u0430ypal.com", "xn--pypal-4ve.com"},  // Mixed scripts: a name of its own, and visibly so.
        {"\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"},
        {"www\u3002example\u3002org", "www.example.org"},  // Ideographic full stops are dots (UTS 46 section 2.3).
        {"\uff25xample.org", "example.org"},               // Full-width E.
        {"1.2.3", "1.2.3"},
        {of('a', 63) + ".org", of('a', 63) + ".org"},
        {of('a', 63) + "." + of('b', 63) + "." + of('c', 63) + "." + of('d', 61),
         of('a', 63) + "." + of('b', 63) + "." + of('c', 63) + "." + of('d', 61)},
    };
    for (const auto& [text, name] : names) EXPECT_EQ(normalise_domain(text), name) << text;
}

TEST(DomainName, WhatIsNoneIsRefused) {
    for (const auto& text : {std::string{},
                             std::string{"."},
                             std::string{".example.org"},
                             std::string{"example..org"},
                             std::string{"example.org.."},
                             of('a', 64) + ".org",
                             of('a', 63) + "." + of('b', 63) + "." + of('c', 63) + "." + of('d', 62),
                             of('a', 2000),
                             std::string{"192.0.2.1"},
                             std::string{"2001:db8::1"},
                             std::string{"[2001:db8::1]"},
                             std::string{"*.example.org"},
                             std::string{"||example.org^"},
                             std::string{"https://example.org"},
                             std::string{"example.org/path"},
                             std::string{"example.org:443"},
                             std::string{"user@example.org"},
                             std::string{"exam ple.org"},
                             std::string{" example.org"},
                             std::string{"example.org\n"},
                             std::string{"example.org\0x", 13},
                             std::string{"\U0001f4a9.la"},
                             std::string{"\xff\xfe.org"},
                             std::string{"\u00fc\u3002\u3002org"},
                             std::string{"a\u200b\u0301\u2028.org"}})
        EXPECT_EQ(normalise_domain(text), std::nullopt) << text;
}

TEST(DomainName, NormalisingTwiceChangesNothing) {
    for (const auto* text : {"B\u00fccher.Example", "fa\u00df.de", "A.B.C"}) {
        const auto once = normalise_domain(text);
        ASSERT_TRUE(once) << text;
        EXPECT_EQ(normalise_domain(*once), once);
    }
}

TEST(DomainName, IsBelowByWholeLabels) {
    EXPECT_TRUE(is_at_or_below("example.org", "example.org"));
    EXPECT_TRUE(is_at_or_below("a.b.example.org", "example.org"));
    EXPECT_FALSE(is_at_or_below("badexample.org", "example.org"));
    EXPECT_FALSE(is_at_or_below("example.org", "www.example.org"));
    EXPECT_FALSE(is_at_or_below("example.org.net", "example.org"));
    EXPECT_FALSE(is_at_or_below("", "example.org"));
}

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
