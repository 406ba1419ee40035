// Compiling, and replacing files so that all or none are new.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/policy_images.hpp"

#include <algorithm>
#include <filesystem>

#include "common/core/crypto.hpp"
#include "common/policy/catalogue.hpp"
#include "common/policy/list.hpp"
#include "common/policy/rules.hpp"
#include "common/policy/shipped.hpp"
#include "common/runtime/log.hpp"
#include "router/bridged/shipped_lists.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::bridged {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view before = ".before";

std::string text_of(const std::string& path) {
    const auto file = state::MappedFile::open(path);
    return file ? std::string{as_text((*file)->bytes())} : std::string{};
}

/// A damaged text is put aside, so that it is asked for again.
std::optional<std::string> read_text(const std::string& path, const std::string& sha256) {
    const auto file = state::MappedFile::open(path);
    if (!file) return std::nullopt;
    if (crypto::to_hex(crypto::sha256((*file)->bytes())) == sha256) return std::string{as_text((*file)->bytes())};
    std::error_code error;
    fs::rename(path, path + ".damaged", error);
    log::error("list.damaged", {{"file", path}});
    return std::nullopt;
}

void read_list(policy::CatalogueBuilder& catalogue, const model::ListRule& rule, const std::string& text) {
    const auto format = policy::parse_list_format(rule.format);
    if (!format) return;  // The document's parser refuses it.
    const auto tag = catalogue.tag(policy::TagKind::List, rule.list);
    const auto report = policy::add_list(catalogue, tag, text, *format);
    log::info("list.read", {{"list", rule.list},
                            {"accepted", report.accepted},
                            {"duplicates", report.duplicates},
                            {"unsupported", report.unsupported},
                            {"invalid", report.invalid}});
}

}  // namespace

std::string PolicyImages::made_of(const model::Policy& document, std::vector<std::string>& problems) const {
    std::string all = "1\n" + shipped_lists_made_of(places_.shipped);  // The first line: of this code's version.
    for (std::size_t i = 0; i < document.lists.size(); ++i) {
        const auto& rule = document.lists[i];
        std::error_code error;
        const bool is_here = fs::exists(list_file(rule.sha256), error);
        if (!is_here) problems.push_back("/policy/lists/" + std::to_string(i) + ": its text is not here yet");
        all += rule.list + ' ' + rule.sha256 + ' ' + rule.format + (is_here ? " here\n" : " missing\n");
    }
    return all;
}

Result<Bytes> PolicyImages::build_catalogue(const model::Policy& document) const {
    policy::CatalogueBuilder catalogue;
    read_shipped_lists(catalogue, places_.shipped);
    for (const auto& rule : document.lists) {
        if (const auto text = read_text(list_file(rule.sha256), rule.sha256)) read_list(catalogue, rule, *text);
    }
    const auto names = catalogue.names();
    auto bytes = catalogue.build();
    if (bytes) log::info("catalogue.built", {{"names", names}, {"bytes", bytes->size()}});
    return bytes;
}

bool PolicyImages::has_catalogue_of(const std::string& inputs) {
    if (text_of(made_of_file()) != inputs) return false;
    std::error_code error;
    if (is_catalogue_checked_) return fs::exists(places_.folder.catalogue(), error);
    const auto file = state::MappedFile::open(places_.folder.catalogue());
    is_catalogue_checked_ = file && policy::Catalogue::open((*file)->bytes());
    return is_catalogue_checked_;
}

Result<PolicyImages::Built> PolicyImages::build(const model::Policy& document, const model::Policy& effective,
                                                std::int64_t revision) {
    Built built{.rules = policy::compile(effective, revision)};
    built.catalogue_made_of = made_of(document, built.problems);
    if (has_catalogue_of(built.catalogue_made_of)) return built;
    auto catalogue = build_catalogue(document);
    if (!catalogue) return std::unexpected{std::move(catalogue).error().in("/policy/lists")};
    built.catalogue = *std::move(catalogue);
    built.problems.clear();
    built.catalogue_made_of = made_of(document, built.problems);  // Again: a damaged text was put aside.
    return built;
}

/// Those that `built` replaces, the rules last.
std::vector<std::string> PolicyImages::files(const Built& built) const {
    if (!built.catalogue) return {places_.folder.rules()};
    return {places_.folder.catalogue(), made_of_file(), places_.folder.rules()};
}

Status PolicyImages::make_folder() const {
    std::error_code error;
    fs::create_directories(places_.folder.path + "/lists", error);
    if (error) return failed(Code::Unavailable, places_.folder.path + ": " + error.message());
    return {};
}

Status PolicyImages::install(const Built& built) const {
    if (auto made = make_folder(); !made) return made;
    std::error_code ignored;
    for (const auto& file : files(built)) {
        fs::remove(file + std::string{before}, ignored);
        fs::create_hard_link(file, file + std::string{before}, ignored);  // Nothing to keep the first time.
    }
    Status done;
    if (built.catalogue) done = state::replace_file(places_.folder.catalogue(), *built.catalogue);
    if (done && built.catalogue) done = state::replace_file(made_of_file(), as_bytes(built.catalogue_made_of));
    if (done) done = state::replace_file(places_.folder.rules(), built.rules);
    if (!done) restore(built);
    return done;
}

void PolicyImages::keep(const Built& built) const {
    std::error_code ignored;
    for (const auto& file : files(built)) fs::remove(file + std::string{before}, ignored);
}

void PolicyImages::restore(const Built& built) const {
    for (const auto& file : files(built)) {
        std::error_code error;
        if (fs::exists(file + std::string{before}, error))
            fs::rename(file + std::string{before}, file, error);
        else
            fs::remove(file, error);
    }
}

}  // namespace vivi::bridged
