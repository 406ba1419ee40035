// Zone, certificates, pages and the two servers of the simulated internet.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/internet.hpp"

#include <array>
#include <filesystem>

namespace vivi::lab {
namespace {

constexpr std::array<std::string_view, 36> names{
    "www.lookfor.example",     "www.encyclo.example",      "video.tubular.example",   "img.tubular.example",
    "www.chirper.example",     "api.chirper.example",      "www.facepage.example",    "cdn.facepage.example",
    "photos.pixogram.example", "www.newsdaily.example",    "live.newsdaily.example",  "mail.postbox.example",
    "www.bigshop.example",     "img.bigshop.example",      "pay.cardsafe.example",    "www.citybank.example",
    "store.vapor.example",     "cdn.vapor.example",        "play.battlegrid.example", "voice.discourse.example",
    "chat.discourse.example",  "music.spotless.example",   "stream.twitchy.example",  "docs.worksuite.example",
    "meet.worksuite.example",  "git.codeforge.example",    "api.codeforge.example",   "packages.debuntu.example",
    "update.phoneos.example",  "captive.phoneos.example",  "weather.skies.example",   "maps.wayfinder.example",
    "www.townhall.example",    "learn.openschool.example", "drive.cloudbox.example",  "ads.trackalot.example"};

/// Names with a purpose in the tests of the policy: real services, an alias that hides a tracker, two names at one address, a
/// name that leads into the LAN, public resolvers.
constexpr std::array<std::string_view, 15> records{"www.youtube.com. A 198.18.0.37",
                                                   "www.instagram.com. A 198.18.0.38",
                                                   "one.shared.example. A 198.18.0.39",
                                                   "two.shared.example. A 198.18.0.39",
                                                   "metrics.newsdaily.example. CNAME ads.trackalot.example.",
                                                   "rebind.example. A 10.66.0.1",
                                                   "dns.google. A 8.8.8.8",
                                                   "one.one.one.one. A 1.1.1.1",
                                                   "use-application-dns.net. A 198.18.0.40",
                                                   "mask.icloud.com. A 198.18.0.40",
                                                   "connectivitycheck.gstatic.com. A 198.18.0.40",
                                                   "www.encyclo.example. AAAA 2001:db8:18::1",
                                                   "www.bigshop.example. AAAA 2001:db8:18::2",
                                                   "notlookfor.example. A 198.18.0.40",
                                                   "deep.www.lookfor.example. A 198.18.0.1"};

Status write_zone(const Settings& settings) {
    std::string zone =
        "$TTL 30\n. SOA ns.root.example. admin.root.example. 1 3600 900 86400 30\n. NS ns.root.example.\n"
        "ns.root.example. A 198.51.100.1\n";
    int address = 0;
    for (const auto name : names) zone.append(name).append(". A 198.18.0.").append(std::to_string(++address)).append("\n");
    for (const auto record : records) zone.append(record).append("\n");
    const auto folder = settings.path("nsd");
    if (auto written = write_file(folder + "/root.zone", zone); !written) return written;
    return write_file(folder + "/nsd.conf",
                      "server:\n  ip-address: 198.51.100.1\n  ip-address: 8.8.8.8\n  ip-address: 1.1.1.1\n  server-count: 1\n  "
                      "username: root\n  database: \"\"\n  zonesdir: \"" +
                          folder + "\"\n  pidfile: \"" + folder + "/nsd.pid\"\n  xfrdfile: \"" + folder +
                          "/xfrd.state\"\n  zonelistfile: \"" + folder +
                          "/zone.list\"\n  hide-version: yes\nremote-control:\n  control-enable: no\n"
                          "zone:\n  name: \".\"\n  zonefile: \"root.zone\"\n");
}

Status make_certificates(const Settings& settings) {
    const auto folder = settings.path("nginx");
    std::string extension = "subjectAltName=";
    for (const auto name : names) extension.append(extension.ends_with('=') ? "DNS:" : ",DNS:").append(name);
    for (const auto record : records) extension.append(",DNS:").append(record.substr(0, record.find(". ")));
    if (auto written = write_file(folder + "/site.ext", extension + "\n"); !written) return written;
    const std::vector<std::vector<std::string>> commands{
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
         "/CN=Vivi lab throw-away CA", "-keyout", folder + "/ca.key", "-out", settings.path("ca.crt")},
        {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=www.lookfor.example",
         "-keyout", folder + "/site.key", "-out", folder + "/site.csr"},
        {"openssl", "x509", "-req", "-in", folder + "/site.csr", "-CA", settings.path("ca.crt"), "-CAkey", folder + "/ca.key",
         "-CAcreateserial", "-days", "30", "-extfile", folder + "/site.ext", "-out", folder + "/site.crt"}};
    for (const auto& command : commands) {
        if (auto ran = run_once({.name = "openssl", .argv = command}); !ran) return std::unexpected{std::move(ran).error()};
    }
    return {};
}

Status write_pages(const Settings& settings) {
    const auto folder = settings.path("nginx") + "/pages/";
    for (const auto& [name, size] : {std::pair<const char*, std::uintmax_t>{"index", 30'000},
                                     {"small", 10'240},
                                     {"image", 300'000},
                                     {"video", 20'000'000},
                                     {"slow", 2'000'000'000}}) {
        if (auto written = write_file(folder + name, ""); !written) return written;
        std::error_code error;
        std::filesystem::resize_file(folder + name, size, error);  // Sparse: what is sent are zeros, what is stored is nothing.
        if (error) return failed(Code::Unavailable, folder + name + ": " + error.message());
    }
    return {};
}

Status write_nginx(const Settings& settings) {
    const auto folder = settings.path("nginx");
    const auto text =
        "daemon off;\nuser root;\nworker_processes 1;\npid " + folder +
        "/nginx.pid;\nerror_log stderr warn;\nevents { worker_connections 4096; }\n"
        "http {\n  access_log off;\n  default_type application/octet-stream;\n  keepalive_timeout 15;\n"
        "  client_body_temp_path " +
        folder + "/body;\n  proxy_temp_path " + folder + "/proxy;\n  fastcgi_temp_path " + folder +
        "/fastcgi;\n  uwsgi_temp_path " + folder + "/uwsgi;\n  scgi_temp_path " + folder +
        "/scgi;\n"
        "  server {\n    listen 80 default_server;\n    listen 443 ssl default_server;\n    listen 853 ssl default_server;\n"
        "    listen [::]:80 default_server;\n    listen [::]:443 ssl default_server;\n      server_name _;\n    "
        "ssl_certificate " +
        folder + "/site.crt;\n    ssl_certificate_key " + folder + "/site.key;\n    root " + folder +
        "/pages;\n    index index;\n    location = /slow { limit_rate 400k; }\n  }\n}\n";
    return write_file(folder + "/nginx.conf", text);
}

}  // namespace

std::span<const std::string_view> site_names() { return names; }

Result<std::vector<Spec>> internet(const Settings& settings) {
    for (const auto step : {write_zone, make_certificates, write_pages, write_nginx}) {
        if (auto done = step(settings); !done) return std::unexpected{std::move(done).error()};
    }
    return std::vector<Spec>{
        {.name = "nsd", .argv = {"nsd", "-d", "-c", settings.path("nsd/nsd.conf")}, .network_namespace = internet_namespace},
        {.name = "nginx",
         .argv = {"nginx", "-e", "stderr", "-c", settings.path("nginx/nginx.conf")},
         .network_namespace = internet_namespace}};
}

}  // namespace vivi::lab
