// vivi-admin: what an operator does at the command line: migrate, make organisations and users, accept routers, set policies.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "common/core/crypto.hpp"
#include "common/core/crypto_p256.hpp"
#include "common/runtime/daemon.hpp"
#include "server/auth/passwords.hpp"
#include "server/db/administration.hpp"
#include "server/db/erasure.hpp"
#include "server/db/import_categories.hpp"
#include "server/db/new_list.hpp"
#include "server/db/pool.hpp"
#include "server/db/rollouts.hpp"

namespace {

using vivi::Result;

struct Arguments {
    std::string database = "postgresql://vivi_owner@127.0.0.1/vivi";
    std::string organisation_name{};
    vivi::db::NewUser user{};
    vivi::db::NewRouter router{};
    std::string configuration_file{};
    vivi::db::OperatorsPolicy policy{};
    std::string policy_file{};
    std::string organisation{};
    std::string list_name{}, list_format{}, list_file{};
    std::string purges_file{};
    std::string batch_file{};
    std::string key_file{};
    vivi::db::Release release{};
    std::string signature_file{}, bundle_file{};
    std::string lists_folder = "/usr/share/vivi/lists";
};

int fail(const std::string& detail) {
    std::cerr << "vivi-admin: " << detail << '\n';
    return static_cast<int>(vivi::Exit::Failed);
}

int say(const Result<std::string>& made) {
    if (!made) return fail(made.error().detail);
    std::cout << *made << '\n';
    return static_cast<int>(vivi::Exit::Stopped);
}

int migrate(const Arguments& arguments) {
    if (const auto done = vivi::db::migrate(arguments.database); !done) return fail(done.error().detail);
    return static_cast<int>(vivi::Exit::Stopped);
}

int create_user(Arguments arguments) {
    std::string password;
    if (!std::getline(std::cin, password)) return fail("the password is read from standard input, one line; there was none");
    auto hash = vivi::auth::hash_password(password);
    if (!hash) return fail(hash.error().detail);
    arguments.user.password_hash = *std::move(hash);
    return say(vivi::db::create_user(arguments.database, arguments.user));
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return vivi::failed(vivi::Code::NotFound, path + ": cannot be read");
    return text.str();
}

int accept_router(Arguments arguments) {
    auto text = read_file(arguments.configuration_file);
    if (!text) return fail(text.error().detail);
    arguments.router.configuration = *std::move(text);
    return say(vivi::db::accept_router(arguments.database, arguments.router));
}

int register_routers(const Arguments& arguments) {
    auto lines = read_file(arguments.batch_file);
    if (!lines) return fail(lines.error().detail);
    vivi::db::RouterBatch batch{.lines = *std::move(lines), .organisation = arguments.organisation};
    if (!batch.organisation.empty()) {
        auto text = read_file(arguments.configuration_file);
        if (!text) return fail(text.error().detail);
        batch.configuration = *std::move(text);
    }
    return say(vivi::db::register_routers(arguments.database, batch));
}

int set_configuration(const Arguments& arguments) {
    const auto text = read_file(arguments.configuration_file);
    if (!text) return fail(text.error().detail);
    return say(vivi::db::set_configuration(arguments.database, arguments.policy.router, *text));
}

int set_policy(Arguments arguments) {
    auto text = read_file(arguments.policy_file);
    if (!text) return fail(text.error().detail);
    arguments.policy.text = *std::move(text);
    return say(vivi::db::set_policy(arguments.database, arguments.policy));
}

int import_list(Arguments arguments) {
    auto text = read_file(arguments.list_file);
    if (!text) return fail(text.error().detail);
    auto list =
        vivi::db::make_list(arguments.list_name, vivi::policy::parse_list_format(arguments.list_format), *std::move(text));
    if (!list) return fail(list.error().detail);
    std::cerr << list->report << '\n';
    return say(vivi::db::import_list(arguments.database, arguments.organisation, *list));
}

int replay_purges(const Arguments& arguments) {
    const auto lines = read_file(arguments.purges_file);
    if (!lines) return fail(lines.error().detail);
    return say(vivi::db::replay_purges(arguments.database, *lines));
}

/// The secret as one line of base64url; written only where no file is.
vivi::Status write_key(const std::string& path, vivi::BytesView secret) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return vivi::failed(vivi::Code::Denied, path + ": cannot be written");
    const auto text = vivi::crypto::to_base64url(secret) + "\n";
    const bool is_whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!is_whole) return vivi::failed(vivi::Code::Internal, path + ": cannot be written whole");
    return {};
}

int command_key(const Arguments& arguments) {
    auto text = read_file(arguments.key_file);
    if (!text) {
        const auto key = vivi::crypto::SigningKey::generate();
        const auto written = write_key(arguments.key_file, key.seed());
        return written ? say(vivi::crypto::to_text(key.public_key())) : fail(written.error().detail);
    }
    while (text->ends_with('\n')) text->pop_back();
    const auto seed = vivi::crypto::from_base64url(*text);
    const auto key = seed ? vivi::crypto::SigningKey::from_seed(*seed) : std::nullopt;
    if (!key) return fail(arguments.key_file + ": is there and holds no command key");
    return say(vivi::crypto::to_text(key->public_key()));
}

int push_key(const Arguments& arguments) {
    auto text = read_file(arguments.key_file);
    if (!text) {
        const auto key = vivi::crypto::P256Key::generate();
        const auto written = write_key(arguments.key_file, key.scalar());
        return written ? say(vivi::crypto::to_base64url(key.point())) : fail(written.error().detail);
    }
    while (text->ends_with('\n')) text->pop_back();
    const auto scalar = vivi::crypto::from_base64url(*text);
    const auto key = scalar ? vivi::crypto::P256Key::from_scalar(*scalar) : std::nullopt;
    if (!key) return fail(arguments.key_file + ": is there and holds no push key");
    return say(vivi::crypto::to_base64url(key->point()));
}

int add_release(Arguments arguments) {
    auto signature = read_file(arguments.signature_file);
    if (!signature) return fail(signature.error().detail);
    const auto bundle = read_file(arguments.bundle_file);
    if (!bundle) return fail(bundle.error().detail);
    while (signature->ends_with('\n')) signature->pop_back();
    arguments.release.signature = *std::move(signature);
    return say(vivi::db::add_release(arguments.database, arguments.release, *bundle));
}

int import_categories(const Arguments& arguments) {
    const auto changed = vivi::db::import_categories(arguments.database, arguments.lists_folder);
    if (!changed) return fail(changed.error().detail);
    return say(std::to_string(*changed));
}

CLI::Validator uuid() {
    const auto check = [](const std::string& text) -> std::string {
        const bool has_shape = text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string::npos;
        return has_shape ? "" : "must be an id like 01234567-89ab-cdef-0123-456789abcdef";
    };
    return CLI::Validator{check, "UUID"};
}

CLI::Validator prefixed(const std::string& prefix) {
    const auto check = [prefix](const std::string& text) {
        return text.starts_with(prefix) ? std::string{} : "must begin with " + prefix;
    };
    return CLI::Validator{check, prefix + "…"};
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (const char* url = std::getenv("VIVI_DATABASE_OWNER_URL")) arguments.database = url;

    CLI::App app{"Vivi's commands for operators; each prints the id of what it made.", "vivi-admin"};
    app.set_version_flag("--version", "vivi-admin " VIVI_VERSION);
    app.require_subcommand(1);
    app.add_option("--database", arguments.database, "Connection of the schema's owner (or VIVI_DATABASE_OWNER_URL)")
        ->capture_default_str();

    const auto* migrating = app.add_subcommand("migrate", "Bring the schema up to date");
    auto* organisation = app.add_subcommand("create-organisation", "Make an organisation");
    organisation->add_option("name", arguments.organisation_name, "Its name")->required();
    auto* user = app.add_subcommand("create-user", "Make a user; the password is read from standard input");
    user->add_option("--email", arguments.user.email, "For signing in")
        ->required()
        ->check(CLI::Validator{[](const std::string& text) {
                                   return text.find('@') > 0 && text.find('@') != std::string::npos ? ""
                                                                                                    : "must be an e-mail address";
                               },
                               "EMAIL"});
    user->add_option("--name", arguments.user.name, "Shown to others")->required();
    auto* member_of =
        user->add_option("--organisation", arguments.user.organisation, "Id of the organisation; staff need none")->check(uuid());
    auto* role = user->add_option("--role", arguments.user.role, "What the user may do there")
                     ->check(CLI::IsMember({"owner", "organiser", "operator", "viewer"}));
    user->add_flag("--staff", arguments.user.is_staff, "Vivi's own staff (GodView)");
    member_of->needs(role);
    role->needs(member_of);
    auto* router = app.add_subcommand("accept-router", "Take a router into an organisation, with its first configuration");
    router->add_option("--fingerprint", arguments.router.fingerprint, "Of its key, as ssh-keygen -l prints it")
        ->required()
        ->check(prefixed("SHA256:"));
    router->add_option("--organisation", arguments.router.organisation, "Id of the organisation")->required()->check(uuid());
    router->add_option("--name", arguments.router.name, "Shown to people")->required();
    router->add_option("--configuration", arguments.configuration_file, "Configuration document (JSON)")->required();
    auto* registering = app.add_subcommand("register-routers", "Make many keys known at once; prints an id each");
    registering->add_option("file", arguments.batch_file, "A fingerprint and a name a line")->required();
    auto* whose =
        registering->add_option("--organisation", arguments.organisation, "Accept them into it; else they wait for a claim")
            ->check(uuid());
    auto* first =
        registering->add_option("--configuration", arguments.configuration_file, "Their first configuration document (JSON)");
    whose->needs(first);
    first->needs(whose);
    auto* offering =
        app.add_subcommand("claim-code", "Make the code with which somebody claims a router; it is good for half an hour");
    offering->add_option("fingerprint", arguments.router.fingerprint, "Of its key, as ssh-keygen -l prints it")
        ->required()
        ->check(prefixed("SHA256:"));
    auto* setting = app.add_subcommand("set-policy", "Replace a router's policy; prints the revision that holds it");
    setting->add_option("--router", arguments.policy.router, "Id of the router")->required()->check(uuid());
    setting->add_option("--file", arguments.policy_file, "Policy or profile document (JSON)")->required();
    setting->add_option("--base-revision", arguments.policy.base_revision, "Only when this is still the desired revision");
    setting
        ->add_option("--never-blocked", arguments.policy.never_blocked, "Names of the dashboard and the hub; no rule blocks them")
        ->envname("VIVI_PUBLIC_NAMES")
        ->delimiter(',');
    auto* configuring =
        app.add_subcommand("set-configuration", "Replace members of a router's configuration; prints the revision");
    configuring->add_option("--router", arguments.policy.router, "Id of the router")->required()->check(uuid());
    configuring
        ->add_option("--file", arguments.configuration_file,
                     "JSON object with some of networks, uplink, dns, firewall, policy, monitoring")
        ->required();
    auto* showing = app.add_subcommand("get-configuration", "Print a router's configuration (JSON)");
    showing->add_option("--router", arguments.policy.router, "Id of the router")->required()->check(uuid());
    auto* getting = app.add_subcommand("get-policy", "Print a router's policy (JSON)");
    getting->add_option("--router", arguments.policy.router, "Id of the router")->required()->check(uuid());
    auto* importing =
        app.add_subcommand("import-list", "Keep a domain list; prints its sha256, and its report on standard error");
    importing->add_option("--organisation", arguments.organisation, "Id of the organisation")->required()->check(uuid());
    importing->add_option("--name", arguments.list_name, "What policies call it")->required();
    importing->add_option("--format", arguments.list_format, "Of the text; without it, it is guessed")
        ->check(CLI::IsMember({"hosts", "domains", "adguard", "dnsmasq", "rpz", "ut1", "v2fly"}));
    importing->add_option("--file", arguments.list_file, "The text, at most 64 MiB")->required();
    auto* keying = app.add_subcommand(
        "command-key", "Make the key that commands to routers are signed with, unless it is there; prints its public half");
    keying->add_option("file", arguments.key_file, "Where it is kept, mode 0600")->required();
    auto* pushing = app.add_subcommand(
        "push-key", "Make the key that push services know the server by, unless it is there; prints its public half");
    pushing->add_option("file", arguments.key_file, "Where it is kept, mode 0600")->required();
    auto* releasing = app.add_subcommand("add-release", "Keep a bundle of the routers' software; prints its id");
    releasing->add_option("--version", arguments.release.version, "Of the software")->required();
    releasing->add_option("--architecture", arguments.release.architecture, "arm64, amd64")->required();
    releasing->add_option("--signature", arguments.signature_file, "What the offline key signed, a text file")->required();
    releasing->add_option("--minimum-version", arguments.release.minimum_version, "Older routers cannot take it at once");
    releasing->add_option("file", arguments.bundle_file, "The bundle")->required();
    auto* withdrawing = app.add_subcommand("withdraw-release", "Nobody is given it any more; roll-outs of it stop");
    withdrawing->add_option("release", arguments.release.id, "Its id")->required()->check(uuid());
    auto* categorising = app.add_subcommand("import-categories",
                                            "Make the shared list say what the shipped lists say; prints how many names changed");
    categorising->add_option("--lists", arguments.lists_folder, "Folder of the shipped lists")->capture_default_str();
    const auto* purged =
        app.add_subcommand("export-purges", "Print what was erased, a JSON line each: keep it outside of the database");
    auto* replaying = app.add_subcommand("replay-purges", "Erase again, after a dump was restored, what such lines say");
    replaying->add_option("file", arguments.purges_file, "Output of export-purges")->required();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? static_cast<int>(vivi::Exit::Stopped) : static_cast<int>(vivi::Exit::Usage);
    }
    try {
        if (migrating->parsed()) return migrate(arguments);
        if (organisation->parsed()) return say(vivi::db::create_organisation(arguments.database, arguments.organisation_name));
        if (user->parsed() && arguments.user.organisation.empty() && !arguments.user.is_staff)
            return fail("a user needs --organisation and --role, or --staff");
        if (user->parsed()) return create_user(arguments);
        if (offering->parsed()) return say(vivi::db::offer_claim_code(arguments.database, arguments.router.fingerprint));
        if (registering->parsed()) return register_routers(arguments);
        if (importing->parsed()) return import_list(arguments);
        if (keying->parsed()) return command_key(arguments);
        if (pushing->parsed()) return push_key(arguments);
        if (releasing->parsed()) return add_release(arguments);
        if (withdrawing->parsed()) return say(vivi::db::withdraw_release(arguments.database, arguments.release.id));
        if (categorising->parsed()) return import_categories(arguments);
        if (purged->parsed()) return say(vivi::db::export_purges(arguments.database));
        if (replaying->parsed()) return replay_purges(arguments);
        if (setting->parsed()) return set_policy(arguments);
        if (configuring->parsed()) return set_configuration(arguments);
        if (showing->parsed()) return say(vivi::db::get_configuration(arguments.database, arguments.policy.router));
        if (getting->parsed()) return say(vivi::db::get_policy(arguments.database, arguments.policy.router));
        return accept_router(arguments);
    } catch (const std::exception& failure) {
        return fail(failure.what());
    }
}
