// What is taken from each list format, what is not and with which reason, and that nothing a list contains can do harm.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list.hpp"

#include <gmock/gmock.h>

#include <map>

namespace vivi::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Read {
    std::vector<std::string> entries{};  ///< "name" exact, "*name" with below, "*.name" below only; "@" exception, "!" important.
    ListReport report{};
    std::vector<std::string> reasons() const {
        std::vector<std::string> all;
        for (const auto& line : report.examples) all.push_back(line.reason);
        return all;
    }
};

std::string shown(const ListEntry& entry) {
    std::string text = entry.reach.allows ? "@" : "";
    if (entry.reach.important) text += "!";
    text += !entry.reach.below ? "" : entry.reach.itself ? "*" : "*.";
    text += entry.name;
    return entry.attribute.empty() ? text : text + " " + std::string{entry.attribute};
}

Read read(ListFormat format, std::string_view text,
          const std::function<std::optional<std::string>(std::string_view)>& include = {}) {
    Read result;
    result.report = read_list(text, format, [&](const ListEntry& entry) { result.entries.push_back(shown(entry)); }, include);
    return result;
}

// One line of a format: what it gives, or why not.
struct Line {
    ListFormat format{};
    std::string_view text{};
    std::string_view entry{};        ///< Empty: none.
    std::string_view unsupported{};  ///< The reason.
    std::string_view invalid{};
};
void PrintTo(const Line& line, std::ostream* out) { *out << to_string(line.format) << ": " << line.text; }

class ListLine : public testing::TestWithParam<Line> {};

TEST_P(ListLine, GivesItsEntryOrSaysWhyNot) {
    const auto& line = GetParam();
    const auto [entries, report] = read(line.format, line.text);
    const std::vector<std::string> expected(line.entry.empty() ? 0 : 1, std::string{line.entry});
    EXPECT_EQ(entries, expected);
    EXPECT_EQ(report.accepted, expected.size());
    EXPECT_EQ(report.unsupported, line.unsupported.empty() ? 0U : 1U);
    EXPECT_EQ(report.invalid, line.invalid.empty() ? 0U : 1U);
    const std::string reason{line.unsupported.empty() ? line.invalid : line.unsupported};
    if (reason.empty()) {
        EXPECT_THAT(report.examples, IsEmpty());
    } else {
        ASSERT_THAT(report.examples, SizeIs(1));
        EXPECT_EQ(report.examples[0].reason, reason);
        EXPECT_EQ(report.examples[0].line, 1U);
    }
}

constexpr auto hosts = ListFormat::Hosts, domains = ListFormat::Domains, adguard = ListFormat::Adguard,
               dnsmasq = ListFormat::Dnsmasq, rpz = ListFormat::Rpz, ut1 = ListFormat::Ut1, v2fly = ListFormat::V2fly;

INSTANTIATE_TEST_SUITE_P(
    Hosts, ListLine,
    testing::Values(Line{hosts, "0.0.0.0 ads.example.org", "ads.example.org"},
                    Line{hosts, "127.0.0.1\tAds.Example.org.  # a comment", "ads.example.org"},
                    Line{hosts, ":: v6.example.org", "v6.example.org"}, Line{hosts, "::1 v6.example.org\r\n", "v6.example.org"},
                    Line{hosts, "127.0.53.53 a.example.org", "a.example.org"},
                    Line{hosts, "0 short.example.org", "short.example.org"},
                    Line{hosts,
                         "0.0.0.0 b\xc3\xbc"
                         "cher.example",
                         "xn--bcher-kva.example"},
                    Line{hosts, "# a comment"}, Line{hosts, "   \t "},
                    Line{hosts, "127.0.0.1 localhost", {}, "a name of the machine itself"},
                    Line{hosts, "255.255.255.255 broadcasthost", {}, "a name of the machine itself"},
                    Line{hosts, "fe80::1%lo0 localhost", {}, "a name of the machine itself"},
                    Line{hosts, "ff02::1 ip6-allnodes", {}, "a name of the machine itself"},
                    Line{hosts, "0.0.0.0 0.0.0.0", {}, "a name of the machine itself"},
                    Line{hosts, "192.0.2.1 printer.example.org", {}, "a name put to a real address"},
                    Line{hosts, "example.org", {}, {}, "no address at its beginning"},
                    Line{hosts, "0.0.0.0", {}, {}, "an address without a name"},
                    Line{hosts, "0.0.0.0 http://example.org/", {}, {}, "not a domain name"},
                    Line{hosts, "0.0.0.0 192.0.2.7", {}, "an address, not a name: it belongs into the address rules"}));

INSTANTIATE_TEST_SUITE_P(
    Domains, ListLine,
    testing::Values(Line{domains, "Example.ORG.", "*example.org"}, Line{domains, ".example.org", "*example.org"},
                    Line{domains, "*.example.org # everything", "*example.org"}, Line{domains, "! a comment of adblock"},
                    Line{domains, "; a comment of a zone"}, Line{domains, "under_score.example.org", "*under_score.example.org"},
                    Line{domains, "two names.org", {}, {}, "more than one name"},
                    Line{domains, "https://example.org/", {}, "a path"},
                    Line{domains, "192.0.2.0/24", {}, "a range of addresses, not a name"},
                    Line{domains, "2001:db8::1", {}, "an address, not a name: it belongs into the address rules"},
                    Line{domains, "a..b", {}, {}, "not a domain name"},
                    Line{domains, "ads*.example.org", {}, {}, "not a domain name"}, Line{ut1, "example.org", "*example.org"},
                    Line{ut1, "192.0.2.1", {}, "an address, not a name: it belongs into the address rules"}));

INSTANTIATE_TEST_SUITE_P(
    Adguard, ListLine,
    testing::Values(
        Line{adguard, "||example.org^", "*example.org"}, Line{adguard, "@@||good.example.org^", "@*good.example.org"},
        Line{adguard, "||example.org", "*example.org"}, Line{adguard, "||example.org|", "*example.org"},
        Line{adguard, "|example.org^", "example.org"}, Line{adguard, "@@|example.org|", "@example.org"},
        Line{adguard, "||*.example.org^", "*.example.org"}, Line{adguard, "example.org", "example.org"},
        Line{adguard, "||example.org^$important", "!*example.org"}, Line{adguard, "@@||example.org^$important", "@!*example.org"},
        Line{adguard, "||example.org^ # comment", "*example.org"}, Line{adguard, "0.0.0.0 example.org", "example.org"},
        Line{adguard, "! comment"}, Line{adguard, "# comment"}, Line{adguard, "[Adblock Plus 2.0]"},
        Line{adguard, "||xn--bcher-kva.example^", "*xn--bcher-kva.example"},
        Line{adguard, "||example.org^$third-party", {}, "depends on more than the name: third-party"},
        Line{adguard, "||example.org^$important,dnstype=AAAA", {}, "depends on more than the name: dnstype=AAAA"},
        Line{adguard, "||example.org^$client=192.0.2.1", {}, "depends on more than the name: client=192.0.2.1"},
        Line{adguard, "||example.org^$ctag=device_phone", {}, "depends on more than the name: ctag=device_phone"},
        Line{adguard, "*$denyallow=com|net", {}, "depends on more than the name: denyallow=com|net"},
        Line{adguard, "||example.org^$dnsrewrite=192.0.2.1", {}, "depends on more than the name: dnsrewrite=192.0.2.1"},
        Line{adguard, "||example.org^$badfilter", {}, "depends on more than the name: badfilter"},
        Line{adguard, "/ads[0-9]+\\./", {}, "a regular expression"},
        Line{adguard, "/banner/$third-party", {}, "a regular expression"},
        Line{adguard, "example.org##.banner", {}, "a rule for the inside of pages"},
        Line{adguard, "###banner", {}, "a rule for the inside of pages"},
        Line{adguard, "example.org#@#.ad", {}, "a rule for the inside of pages"},
        Line{adguard, "example.org#?#div:has(a)", {}, "a rule for the inside of pages"},
        Line{adguard, "||example.org/ads/*", {}, "a path"},
        Line{adguard, "||ads*.example.org^", {}, "a wildcard inside the name"},
        Line{adguard, "||example.org^*", {}, "a wildcard inside the name"},
        Line{adguard, "||adservice.google.", {}, "the beginning of names"}, Line{adguard, "||example.org:8080^", {}, "a port"},
        Line{adguard, "-ad-banner.", {}, "a pattern of URLs"}, Line{adguard, "&ad_box_", {}, "a pattern of URLs"},
        Line{adguard, "|https://example.org/", {}, "a pattern of URLs"},
        Line{adguard, "||192.0.2.1^", {}, "an address, not a name: it belongs into the address rules"},
        Line{adguard, "||exa mple.org^", {}, {}, "not a domain name"}));

INSTANTIATE_TEST_SUITE_P(
    Dnsmasq, ListLine,
    testing::Values(
        Line{dnsmasq, "address=/example.org/0.0.0.0", "*example.org"}, Line{dnsmasq, "address=/example.org/", "*example.org"},
        Line{dnsmasq, "address=/example.org/#", "*example.org"}, Line{dnsmasq, "address=/.example.org/::", "*example.org"},
        Line{dnsmasq, "server=/example.org/", "*example.org"}, Line{dnsmasq, " local = /example.org/ # comment", "*example.org"},
        Line{dnsmasq, "server=/good.example.org/#", "@*good.example.org"},
        Line{dnsmasq, "address=/*.example.org/", "*.example.org"}, Line{dnsmasq, "# comment"},
        Line{dnsmasq, "address=/example.org/192.0.2.1", {}, "answers with an address of its own"},
        Line{dnsmasq, "server=/example.org/192.0.2.1", {}, "asks another server"},
        Line{dnsmasq, "server=192.0.2.1", {}, "an option that blocks no name"},
        Line{dnsmasq, "cache-size=10000", {}, "an option that blocks no name"},
        Line{dnsmasq, "no-resolv", {}, "an option that blocks no name"}, Line{dnsmasq, "address=/#/", {}, "every name"},
        Line{dnsmasq, "local=//", {}, "names without a dot"},
        Line{dnsmasq, "address=/*ads.example.org/", {}, "a wildcard inside the name"},
        Line{dnsmasq, "example.org", {}, {}, "not an option of dnsmasq"},
        Line{dnsmasq, "address=/a..b/", {}, {}, "not a domain name"}));

INSTANTIATE_TEST_SUITE_P(
    Rpz, ListLine,
    testing::Values(Line{rpz, "bad.example.org CNAME .", "bad.example.org"},
                    Line{rpz, "*.bad.example.org 300 IN CNAME *. ; comment", "*.bad.example.org"},
                    Line{rpz, "good.example.org IN 1h CNAME rpz-passthru.", "@good.example.org"},
                    Line{rpz, "good.example.org CNAME good.example.org.", "@good.example.org"},
                    Line{rpz, "drop.example.org cname RPZ-DROP.", "drop.example.org"},
                    Line{rpz, "nowhere.example.org A 0.0.0.0", "nowhere.example.org"},
                    Line{rpz, "absolute.example.org. CNAME .", "absolute.example.org"}, Line{rpz, "$TTL 60"},
                    Line{rpz, "; comment"}, Line{rpz, "garden.example.org A 192.0.2.1", {}, "answers with an address of its own"},
                    Line{rpz, "garden.example.org CNAME walled.example.", {}, "leads to another name"},
                    Line{rpz, "slow.example.org CNAME rpz-tcp-only.", {}, "asks for TCP"},
                    Line{rpz, "text.example.org TXT \"why; because\"", {}, "answers with records of its own"},
                    Line{rpz, "24.0.2.0.192.rpz-ip CNAME .", {}, "a trigger by addresses or name servers"},
                    Line{rpz, "ns.example.rpz-nsdname CNAME .", {}, "a trigger by addresses or name servers"},
                    Line{rpz, "* CNAME .", {}, "every name"},
                    Line{rpz, "$INCLUDE other.zone", {}, "a directive that brings other text"},
                    Line{rpz, "example.org", {}, {}, "a record without a type"}));

INSTANTIATE_TEST_SUITE_P(V2fly, ListLine,
                         testing::Values(Line{v2fly, "example.org", "*example.org"},
                                         Line{v2fly, "domain:example.org", "*example.org"},
                                         Line{v2fly, "full:www.example.org # comment", "www.example.org"},
                                         Line{v2fly, "example.org @ads", "*example.org ads"},
                                         Line{v2fly, "example.org @ads @cn &other", "*example.org ads cn"},
                                         Line{v2fly, "# comment"}, Line{v2fly, "keyword:ads", {}, "a keyword"},
                                         Line{v2fly, R"(regexp:^ads\.)", {}, "a regular expression"},
                                         Line{v2fly, "include:google", {}, "another list, which is not here: google"},
                                         Line{v2fly, "ip:192.0.2.1", {}, {}, "not a kind of rule"},
                                         Line{v2fly, "example.org example.net", {}, {}, "neither a name nor an attribute"}));

TEST(List, AHostsLineMayHaveSeveralNamesAndEachCounts) {
    const auto [entries, report] = read(hosts, "0.0.0.0 a.example.org b.example.org localhost # c.example.org\n");
    EXPECT_THAT(entries, ElementsAre("a.example.org", "b.example.org"));
    EXPECT_EQ(report.lines, 1U);
    EXPECT_EQ(report.accepted, 2U);
    EXPECT_EQ(report.unsupported, 1U);
}

TEST(List, ADnsmasqLineMayHaveSeveralNames) {
    EXPECT_THAT(read(dnsmasq, "address=/a.example.org/b.example.org//0.0.0.0").entries,
                ElementsAre("*a.example.org", "*b.example.org"));
}

TEST(List, CountsDuplicatesAndGivesThemOnAndNumbersLines) {
    const auto [entries, report] = read(domains,
                                        "\xef\xbb\xbf"
                                        "a.org\r\n\r\nA.org.\n# comment\n?\na.org");
    EXPECT_THAT(entries, ElementsAre("*a.org", "*a.org", "*a.org"));
    EXPECT_EQ(report.lines, 6U);
    EXPECT_EQ(report.accepted, 1U);
    EXPECT_EQ(report.duplicates, 2U);
    ASSERT_THAT(report.examples, SizeIs(1));
    EXPECT_EQ(report.examples[0].line, 5U);
    EXPECT_EQ(report.examples[0].text, "?");
}

TEST(List, AnExceptionIsNoDuplicateOfItsRule) {
    const auto [entries, report] = read(adguard, "||a.org^\n@@||a.org^\n|a.org^\n||a.org^$important\n");
    EXPECT_EQ(report.accepted, 4U);
    EXPECT_EQ(report.duplicates, 0U);
}

TEST(List, AZoneIsReadWithItsOrigin) {
    const auto [entries, report] = read(rpz, R"($TTL 300
$ORIGIN rpz.example.net.
@ SOA ns.example.net. hostmaster.example.net. (
    1 ; serial
    3600 600 86400 60 )
  NS ns.example.net.
bad.org     CNAME .
*.bad.org   CNAME .
            A 0.0.0.0 ; the same owner
Worse.ORG.rpz.example.net. CNAME .
$ORIGIN com.rpz.example.net.
evil        CNAME .
elsewhere.example.com. CNAME .
)");
    EXPECT_THAT(entries, ElementsAre("bad.org", "*.bad.org", "*.bad.org", "worse.org", "evil.com"));
    EXPECT_EQ(report.duplicates, 1U);
    EXPECT_EQ(report.unsupported, 1U);
    EXPECT_EQ(report.examples[0].reason, "outside of the zone");
    EXPECT_EQ(report.examples[0].line, 13U);
    EXPECT_EQ(report.invalid, 0U);
}

TEST(List, V2flyIncludesOtherListsAndFiltersThemByAttribute) {
    const std::map<std::string, std::string, std::less<>> lists{
        {"google", "google.com\ngoogle-ads.com @ads\ninclude:video @-cn\n"}, {"video", "video.com\nvideo.cn @cn @ads\n?bad\n"}};
    const auto include = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = lists.find(name);
        return found == lists.end() ? std::nullopt : std::optional{found->second};
    };
    EXPECT_THAT(read(v2fly, "include:google", include).entries, ElementsAre("*google.com", "*google-ads.com ads", "*video.com"));
    EXPECT_THAT(read(v2fly, "include:google @ads", include).entries, ElementsAre("*google-ads.com ads"));
    EXPECT_THAT(read(v2fly, "include:video @cn", include).entries, ElementsAre("*video.cn cn ads"));
    const auto whole = read(v2fly, "include:google\ninclude:nothing", include);
    EXPECT_THAT(whole.reasons(), ElementsAre("not a domain name (in video)", "another list, which is not here: nothing"));
}

TEST(List, ListsThatIncludeThemselvesEnd) {
    std::string itself = "a.org\n";
    for (int i = 0; i < 200; ++i) itself += "include:itself\n";
    std::size_t asked = 0;
    const auto [entries, report] = read(v2fly, "include:itself", [&](std::string_view) {
        ++asked;
        return std::optional{itself + std::string(100'000, '#')};
    });
    EXPECT_GT(report.unsupported, 0U);
    EXPECT_LT(asked, 1'000U) << "64 MiB in pieces of 100 kB";
    EXPECT_THAT(report.examples, SizeIs(ListReport::most_examples));
}

TEST(List, Ut1FoldersGiveTheirCategory) {
    const std::vector<ListFile> files{{"blacklists/adult/domains", "a.org\n192.0.2.1\n"},
                                      {"blacklists/adult/urls", "a.org/path\n"},
                                      {"games/domains", "b.org\n!!\nc d\n"},
                                      {"domains", "lost.org\n"}};
    std::vector<std::string> entries;
    const auto report = read_ut1_folder(files, [&](const ListEntry& entry) { entries.push_back(shown(entry)); });
    EXPECT_THAT(entries, ElementsAre("*a.org adult", "*b.org games"));
    EXPECT_EQ(report.unsupported, 3U);
    EXPECT_EQ(report.invalid, 1U);
    EXPECT_EQ(report.examples.back().reason, "a file without names");
}

TEST(List, HostileTextIsReportedAndBounded) {
    const std::string nul{"a.org\n\0\0b.org\nc\0d.org\n", 21};
    const auto long_line = std::string(10'000'000, 'a') + "\nlast.org\n";
    for (const auto format : {hosts, domains, adguard, dnsmasq, rpz, ut1, v2fly}) {
        const auto zeros = read(format, nul).report;
        EXPECT_EQ(zeros.lines, 3U) << to_string(format);
        EXPECT_LE(zeros.accepted, 1U) << to_string(format);
        const auto lines = read(format, long_line).report;
        EXPECT_EQ(lines.lines, 2U) << to_string(format);
        ASSERT_FALSE(lines.examples.empty()) << to_string(format);
        EXPECT_EQ(lines.examples[0].reason, "longer than 65,536 bytes");
        EXPECT_THAT(lines.examples[0].text, SizeIs(200));
    }
    EXPECT_EQ(read(domains, "\xff\xfe\x01 quoted\n").report.examples[0].text, "??? quoted") << "fit for JSON and terminals";
}

TEST(List, FormatsHaveNames) {
    for (const auto format : {hosts, domains, adguard, dnsmasq, rpz, ut1, v2fly})
        EXPECT_EQ(parse_list_format(to_string(format)), format);
    EXPECT_EQ(parse_list_format("excel"), std::nullopt);
    EXPECT_EQ(parse_list_format(""), std::nullopt);
}

TEST(List, TheFormatIsGuessedFromTheFirstLines) {
    EXPECT_EQ(guess_list_format("# list\n127.0.0.1 localhost\n0.0.0.0 a.org\n0.0.0.0 b.org\n"), hosts);
    EXPECT_EQ(guess_list_format("# list\na.org\nb.org\n"), domains);
    EXPECT_EQ(guess_list_format("! list\n||a.org^\nb.org##.ad\n||c.org^$third-party\n"), adguard);
    EXPECT_EQ(guess_list_format("[Adblock Plus 2.0]\n&ad=\n"), adguard);
    EXPECT_EQ(guess_list_format("# list\naddress=/a.org/\nlocal=/b.org/\n"), dnsmasq);
    EXPECT_EQ(guess_list_format("$TTL 60\n@ SOA a. b. 1 2 3 4 5\na.org CNAME .\n*.a.org CNAME .\n"), rpz);
    EXPECT_EQ(guess_list_format("include:x\nfull:a.org\nb.org @ads\n"), v2fly);
    EXPECT_EQ(guess_list_format(""), std::nullopt);
    EXPECT_EQ(guess_list_format("Dear all,\nthis is not a list. It is a letter!\n"), std::nullopt);
    EXPECT_EQ(guess_list_format("192.0.2.1\n192.0.2.2\n"), std::nullopt) << "addresses alone are not names";
}

}  // namespace
}  // namespace vivi::policy
