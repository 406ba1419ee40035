// The command line of vivi-bundle.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/bundle_command.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/durable_file.hpp"
#include "common/runtime/text_files.hpp"
#include "router/openvivi-embedded/unpacking.hpp"

namespace vivi::openvivi_embedded {
namespace {

using Options = std::map<std::string, std::string>;

constexpr const char* usage =
    "vivi-bundle key FILE\n"
    "    makes a release key; FILE is its private half (keep it offline), the public half is printed for release.keys\n"
    "vivi-bundle make --key FILE --version 1.2.3 --minimum 1.0.0 --architecture arm64 --days 90 --root FOLDER --output BUNDLE\n"
    "    signs everything below FOLDER (bin/vivi-dhcpd …); files that may be executed stay so\n"
    "vivi-bundle verify --key ed25519:… BUNDLE\n"
    "    checks the signature and every file; prints what POST /v1/update of a router announces\n";

int fail(const std::string& reason) {
    std::cerr << "vivi-bundle: " << reason << '\n';
    return static_cast<int>(Exit::Failed);
}

int make_key(const std::string& file) {
    if (::access(file.c_str(), F_OK) == 0) return fail(file + ": is there already");
    const auto key = crypto::SigningKey::generate();
    const auto written = replace_text_file(file, crypto::to_base64url(key.seed()) + "\n", 0600);
    if (!written) return fail(written.error().detail);
    std::cout << crypto::to_text(key.public_key()) << '\n';
    return 0;
}

Result<crypto::SigningKey> load_key(const std::string& file) {
    auto text = read_text_file(file);
    if (!text) return std::unexpected{std::move(text).error()};
    while (text->ends_with('\n')) text->pop_back();
    const auto seed = crypto::from_base64url(*text);
    auto key = seed ? crypto::SigningKey::from_seed(*seed) : std::nullopt;
    if (!key) return failed(Code::Invalid, file + ": is no key of vivi-bundle");
    return *std::move(key);
}

/// The manifest's files and their bytes, in the order of their paths.
Result<std::string> add_files(const std::string& root, model::Manifest& manifest) {
    std::string bytes;
    const auto read = read_text_folder(root, [&](const std::string& path, const std::string& text) {
        manifest.files.push_back({.path = path,
                                  .is_executable = ::access((root + '/' + path).c_str(), X_OK) == 0,
                                  .size_bytes = text.size(),
                                  .sha256 = crypto::sha256(as_bytes(text))});
        bytes += text;
    });
    if (!read) return std::unexpected{read.error()};
    return bytes;
}

int make(Options& options) {
    const auto key = load_key(options["--key"]);
    if (!key) return fail(key.error().detail);
    const auto version = model::parse_version(options["--version"]), minimum = model::parse_version(options["--minimum"]);
    if (!version || !minimum) return fail("--version and --minimum: three numbers, like 1.2.3");
    int days = 0;
    const auto& text = options["--days"];
    if (std::from_chars(text.data(), text.data() + text.size(), days).ec != std::errc{} || days < 1 || days > 3650)
        return fail("--days: must be in 1..3650");
    model::Manifest manifest{.version = *version,
                             .architecture = options["--architecture"],
                             .minimum_version = *minimum,
                             .expires = wall_now() + std::chrono::hours{24 * days}};
    const auto bytes = add_files(options["--root"], manifest);
    if (!bytes) return fail(bytes.error().detail);
    // As strict as a router: a bundle nobody would take is not made.
    if (const auto parsed = model::parse_manifest(model::serialize(manifest)); !parsed) return fail(parsed.error().detail);
    const auto head = model::make_head(manifest, *key);
    const auto written = replace_text_file(options["--output"], std::string{as_text(head)} + *bytes, 0644);
    return written ? 0 : fail(written.error().detail);
}

int verify(Options& options, const std::string& bundle) {
    const auto key = crypto::parse_public_key(options["--key"]);
    if (!key) return fail("--key: must be an ed25519:… key");
    const int file = ::open(bundle.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail(bundle + ": cannot be opened");
    const auto opened = open_bundle(file, {&*key, 1});
    const auto whole = opened ? verify_files(file, *opened) : Status{std::unexpected{opened.error()}};
    ::close(file);
    if (!whole) return fail(whole.error().detail);
    const auto& manifest = opened->head.manifest;
    std::cout << nlohmann::json{{"version", model::to_string(manifest.version)},
                                {"architecture", manifest.architecture},
                                {"minimum_version", model::to_string(manifest.minimum_version)},
                                {"size_bytes", opened->head.total_bytes},
                                {"sha256", opened->sha256},
                                {"signature", crypto::to_base64url(opened->head.signature)}}
                     .dump()
              << '\n';
    return 0;
}

}  // namespace

int bundle_command(int argc, char** argv) {
    const std::vector<std::string> words{argv + 1, argv + argc};
    const auto wrong = [] {
        std::cerr << usage;
        return static_cast<int>(Exit::Usage);
    };
    if (words.empty()) return wrong();
    Options options;
    std::vector<std::string> names;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (!words[i].starts_with("--"))
            names.push_back(words[i]);
        else if (i + 1 < words.size())
            options[words[i]] = words[i + 1], ++i;
        else
            return wrong();
    }
    if (words[0] == "key" && names.size() == 1 && options.empty()) return make_key(names[0]);
    if (words[0] == "make" && names.empty() && options.size() == 7) return make(options);
    if (words[0] == "verify" && names.size() == 1 && options.size() == 1) return verify(options, names[0]);
    return wrong();
}

}  // namespace vivi::openvivi_embedded
