// The dependency rule, executed: what each folder may include, where each library lives, and which files may touch the outside
// world. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>

#include "tests/arch/tree.hpp"

namespace vivi::arch {
namespace {

using Names = std::set<std::string>;

// Downhill only. A folder may include itself and what stands beside it here, nothing else.
const Names base{"common/core", "common/model", "common/runtime"};

Names plus(Names names, const Names& more) {
    names.insert(more.begin(), more.end());
    return names;
}

const std::map<std::string, Names> allowed{
    {"common/core", {}},
    {"common/wire", {"common/core"}},
    {"common/model", {"common/core"}},
    {"common/policy", {"common/core", "common/wire", "common/model"}},
    {"common/policy/command", plus(base, {"common/policy"})},
    {"common/sync", {"common/core", "common/model"}},
    {"common/runtime", {"common/core"}},
    {"common/bus", {"common/core", "common/runtime"}},
    {"common/store", {"common/core", "common/runtime"}},
    {"common/ssh", {"common/core", "common/runtime"}},
    {"common/http", {"common/core", "common/runtime"}},
    {"router/state", plus(base, {"common/policy", "common/bus", "common/store"})},
    {"router/firewall", {"common/core", "common/model", "common/policy"}},
    {"router/dhcpd", plus(base, {"common/wire", "common/policy", "common/bus", "common/store", "router/state"})},
    {"router/dnsd",
     plus(base, {"common/wire", "common/policy", "common/bus", "common/store", "router/state", "router/firewall"})},
    {"router/pcapd", plus(base, {"common/wire", "common/policy", "common/bus", "common/store", "router/state"})},
    {"router/bridged", plus(base, {"common/wire", "common/policy", "common/sync", "common/bus", "common/store", "router/state",
                                   "router/firewall"})},
    {"router/openvivi-embedded", plus(base, {"common/ssh", "common/http", "common/policy", "router/state"})},
    {"server/graphql", {"common/core", "common/runtime"}},
    {"server/db", plus(base, {"common/policy"})},
    {"server/live", {"common/core", "common/runtime", "common/bus", "common/store"}},
    {"server/auth", {"common/core", "common/runtime", "common/store", "server/db"}},
    {"server/egress", {"common/core", "common/runtime"}},
    {"server/report", {"common/core"}},
    {"server/transport", {"common/core", "common/runtime", "common/http", "server/graphql", "server/auth", "server/live"}},
    {"server/api", plus(base, {"common/policy", "server/graphql", "server/auth", "server/db", "server/live", "server/egress",
                               "server/report"})},
    {"server/notify", plus(base, {"server/db", "server/auth", "server/egress"})},
    {"server/jobs", plus(base, {"server/db", "server/live"})},
    {"server/hub", plus(base, {"common/sync", "common/wire", "common/ssh", "common/http", "common/bus", "common/store",
                               "server/db", "server/live"})},
};

std::string folder_of(std::string_view include) { return std::string{include.substr(0, include.rfind('/'))}; }

bool is_ours(std::string_view include) {
    return include.starts_with("common/") || include.starts_with("router/") || include.starts_with("server/") ||
           include.starts_with("tests/");
}

bool is_main(const File& file) { return file.path.find("/main") != std::string::npos; }

TEST(Dependencies, EveryFolderOnlyIncludesDownhill) {
    for (const auto& file : files()) {
        if (!file.is_cpp() || file.folder.starts_with("tests") || file.folder == "server") continue;
        const auto rule = allowed.find(file.folder);
        ASSERT_NE(rule, allowed.end()) << file.path << ": its folder has no rule; add one to the map above and to the layout";
        for (const auto& line : file.lines) {
            const auto include = included(line);
            if (!is_ours(include)) continue;
            const auto target = folder_of(include);
            EXPECT_TRUE(target == file.folder || rule->second.contains(target)) << file.path << " includes " << include;
        }
    }
}

TEST(Dependencies, IncludesOfOurFilesStateTheirLayer) {
    for (const auto& file : files()) {
        if (!file.is_cpp()) continue;
        for (const auto& line : file.lines) {
            if (line.starts_with("#include \"")) EXPECT_TRUE(is_ours(included(line))) << file.path << ": " << line;
        }
    }
}

TEST(Dependencies, NoProductFileKnowsATest) {
    for (const auto& file : files()) {
        if (!file.is_cpp() || file.folder.starts_with("tests")) continue;
        for (const auto& line : file.lines) EXPECT_FALSE(included(line).starts_with("tests/")) << file.path << ": " << line;
    }
}

struct Home {
    const char* library;
    std::regex header;
    std::vector<std::string> places;  ///< Path prefixes.
};

const std::vector<Home> homes{
    {"libpcap", std::regex{"^pcap.*"}, {"router/pcapd/capture"}},
    {"libssh", std::regex{"^libssh/.*"}, {"common/ssh/"}},
    {"rabbitmq-c", std::regex{"^(amqp|rabbitmq-c/).*"}, {"common/bus/"}},
    {"hiredis", std::regex{"^hiredis/.*"}, {"common/store/"}},
    {"libpqxx", std::regex{"^pqxx/.*"}, {"server/db/"}},
    {"libnftables, libmnl, libnftnl", std::regex{"^(nftables/|libmnl/|libnftnl/).*"}, {"router/firewall/"}},
    {"libsodium", std::regex{"^sodium.*"}, {"common/core/crypto", "server/auth/"}},
    {"OpenSSL", std::regex{"^openssl/.*"}, {"common/core/crypto", "common/ssh/tls", "server/auth/"}},
    {"cairo and pango", std::regex{"^(cairo|pango).*"}, {"server/report/"}},
    {"libcurl", std::regex{"^curl/.*"}, {"server/egress/"}},
    {"libidn2", std::regex{"^idn2.*"}, {"common/core/domain_name"}},
    {"libqrencode", std::regex{"^qrencode.*"}, {"router/openvivi-embedded/qr"}},
    {"libpsl", std::regex{"^libpsl.*"}, {"common/policy/"}},
    {"toml++ and CLI11", std::regex{"^(toml|CLI/).*"}, {"common/runtime/", "common/policy/command/", "server/main_", "tests/"}},
    {"libsystemd", std::regex{"^systemd/.*"}, {"common/runtime/", "router/openvivi-embedded/"}},
    {"spdlog and fmt", std::regex{"^(spdlog|fmt)/.*"}, {"common/runtime/log"}},
    {"Beast", std::regex{"^boost/beast.*"}, {"common/http/", "tests/"}},
};

TEST(Dependencies, EveryLibraryHasOneHome) {
    for (const auto& file : files()) {
        if (!file.is_cpp()) continue;
        for (const auto& line : file.lines) {
            const std::string include{included(line)};
            for (const auto& home : homes) {
                if (include.empty() || !std::regex_match(include, home.header)) continue;
                const bool at_home =
                    std::ranges::any_of(home.places, [&](const auto& place) { return file.path.starts_with(place); });
                EXPECT_TRUE(at_home || file.folder.starts_with("tests/"))
                    << file.path << " includes " << include << ": " << home.library << " lives in " << home.places.front();
            }
        }
    }
}

// Folders that are pure as a whole, and the files in them that are not.
const Names pure_folders{"common/core", "common/wire", "common/model", "common/policy", "common/sync"};
const Names edges_in_pure_folders{"common/core/crypto.cpp", "common/core/net.cpp"};

// The cores of the daemons: pure files in folders that also have edges.
const std::regex pure_files{
    "(router/dhcpd/(engine|pool|leases?|options?)|router/pcapd/"
    "(flow_table|name_table|answer_table|row_table|bounded_table|sip_hash|packet|stream_start|inspector|denials|router_watch|"
    "outgoing|capture_proof|tick)|router/firewall/(plan|changes|bans|bundles|prefixes|resolvers|ruleset|script)|"
    "router/dnsd/"
    "(engine|decisions|device_table|random|question|answer|special_names|local_names|response|upstream_table|flight|health|"
    "seen_table|allowed_names|keyed_hash|address_kinds)|"
    "router/bridged/"
    "(trial|thinning|epochs|ledger|outbox_rules|pending|reports|dns_watch|moment|policy_clock|network_setup|hit_counts)|router/"
    "openvivi-embedded/"
    "(gate|routes|ways|service_names|command_record|install_state|announcement|pin_gate|uplink_trial)|server/graphql/"
    "(lexer|parser|schema|validate|value|language).*|"
    "server/egress/(letter|address_rules)|server/notify/(alarm_words|web_push)|server/transport/(ws_protocol|http_rules|protocol)).*\\.(hpp|cpp)"};

const std::regex outside{
    "^(boost/(asio|beast).*|sys/(socket|un|epoll|stat|mount).*|netinet/.*|arpa/"
    ".*|poll\\.h|unistd\\.h|fcntl\\.h|thread|mutex|fstream|iostream|filesystem|"
    "common/(runtime|bus|store|ssh|http)/.*)$"};
const std::regex clock_read{
    R"((steady_clock|system_clock|high_resolution_clock)::now|wall_now\(\)|[^_a-z]now\(\)|[^_a-z]time\(nullptr\))"};

bool is_pure(const File& file) {
    if (edges_in_pure_folders.contains(file.path)) return false;
    return pure_folders.contains(file.folder) || std::regex_match(file.path, pure_files);
}

TEST(Dependencies, PureFilesDoNoInputOrOutputAndReadNoClock) {
    std::size_t seen = 0;
    for (const auto& file : files()) {
        if (!file.is_cpp() || !is_pure(file)) continue;
        ++seen;
        for (const auto& line : file.lines) {
            const std::string include{included(line)};
            EXPECT_FALSE(!include.empty() && std::regex_match(include, outside)) << file.path << " includes " << include;
            EXPECT_FALSE(std::regex_search(line, clock_read) && !line.starts_with("//") && line.find("///") == std::string::npos)
                << file.path << " reads a clock: " << line;
        }
    }
    EXPECT_GT(seen, 30U);
}

TEST(Dependencies, MainsAreThin) {
    for (const auto& file : files()) {
        if (file.folder.starts_with("router/") && is_main(file)) EXPECT_LE(file.lines.size(), 20U) << file.path;
    }
}

}  // namespace
}  // namespace vivi::arch
