// vivi-policy explain: what would happen to this device and this name or address at this time, and which rule says so?
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <optional>

#include "common/core/domain_name.hpp"
#include "common/policy/command/document.hpp"
#include "common/policy/command/local_time.hpp"
#include "common/policy/command/subcommands.hpp"
#include "common/policy/rules.hpp"
#include "common/policy/schedule.hpp"
#include "common/policy/shipped.hpp"
#include "common/policy/strict.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy::command {
namespace {

struct Arguments {
    std::string file{}, device{}, name{}, address{}, transport{"tcp"}, at{}, catalogue{}, lists{};
    std::uint16_t port = 0;
};

/// What is asked, understood.
struct Question {
    std::optional<Mac> device{};
    std::string name{};
    std::optional<Ipv6> address{};
    model::Transport transport = model::Transport::Any;
    std::uint16_t port = 0;
};

int wrong(std::string_view what) {
    std::cerr << "vivi-policy: " << what << '\n';
    return wrong_arguments;
}

Result<Question> question_of(const Arguments& arguments) {
    Question question{.port = arguments.port};
    if (!arguments.device.empty()) {
        question.device = parse_mac(arguments.device);
        if (!question.device) return failed(Code::Invalid, "--device must be a MAC address like 02:00:00:00:00:01");
    }
    if (arguments.name.empty() == arguments.address.empty())
        return failed(Code::Invalid, "say what is asked for: one of --name and --address");
    if (!arguments.name.empty()) {
        const auto name = normalise_domain(arguments.name);
        if (!name) return failed(Code::Invalid, "--name must be a domain name like www.example.org");
        question.name = *name;
        return question;
    }
    question.address = parse_address(arguments.address);
    if (!question.address) return failed(Code::Invalid, "--address must be an IPv4 or IPv6 address");
    if (arguments.port != 0) question.transport = arguments.transport == "udp" ? model::Transport::Udp : model::Transport::Tcp;
    return question;
}

/// The arena of a catalogue: a compiled one, or made of a folder of lists; an empty one when neither is given.
Result<Bytes> catalogue_of(const Arguments& arguments) {
    if (!arguments.catalogue.empty()) {
        const auto text = read_text_file(arguments.catalogue);
        if (!text) return std::unexpected{text.error()};
        const auto bytes = as_bytes(*text);
        return Bytes{bytes.begin(), bytes.end()};
    }
    CatalogueBuilder builder;
    if (arguments.lists.empty()) return builder.build();
    std::vector<ListFile> files;
    const auto read = read_text_folder(
        arguments.lists, [&](std::string path, std::string text) { files.push_back({std::move(path), std::move(text)}); });
    if (!read) return std::unexpected{read.error()};
    if (add_shipped_lists(builder, files).empty())
        return failed(Code::NotFound, arguments.lists + ": there are no lists (categories/NAME.txt, services/NAME.txt)");
    return builder.build();
}

Result<TimeZone> zone_of(const std::string& name) {
    const auto text = read_text_file("/usr/share/zoneinfo/" + name);
    if (!text)
        return failed(Code::NotFound, "the time zone " + name + " of the policy is not known here: " + text.error().detail);
    return parse_time_zone(as_bytes(*text));
}

std::string_view word(Standing standing) {
    switch (standing) {
        case Standing::Protected: return "protected";
        case Standing::Banned: return "banned";
        case Standing::Admitted: return "admitted";
        case Standing::New: return "admitted by nobody";
    }
    return "";
}

void print(const Document& document, const Engine& engine, const Question& question) {
    const auto subject = engine.subject(question.device);
    const auto verdict = question.address ? engine.decide_address(subject, *question.address, question.transport, question.port)
                                          : engine.decide_name(subject, question.name);
    const auto pointer = engine.pointer(verdict);
    std::cout << (verdict.is_denied() ? "denied" : "allowed") << '\n'
              << "  layer      " << to_string(verdict.layer) << '\n'
              << "  rule       " << engine.describe(verdict) << '\n'
              << "  pointer    " << (pointer.empty() ? "none" : document.pointer + pointer) << '\n'
              << "  device     " << (question.device ? vivi::to_string(*question.device) : "unknown") << ", "
              << word(subject.standing) << ", " << to_string(subject.mode) << '\n';
    if (verdict.is_denied() && verdict.layer == Layer::Default && question.address)
        std::cout << "  note       reachable for as long as an allowed name was answered with it\n";
}

void print_time(const model::Policy& policy, const TimeZone& zone, WallTime now) {
    std::cout << "  time       " << local_text(zone, now) << ' ' << policy.time_zone << '\n' << "  schedules ";
    const auto active = active_schedules(policy, zone, now);
    for (const auto& name : active) std::cout << ' ' << name;
    std::cout << (active.empty() ? " none holds" : "") << '\n';
    if (const auto next = next_change(policy, zone, now)) std::cout << "  until      " << local_text(zone, *next) << '\n';
}

int explain(const Arguments& arguments) {
    const auto question = question_of(arguments);
    if (!question) return wrong(question.error().detail);
    const auto document = read_document(arguments.file);
    if (!document) return print_problems(arguments.file, document.error());
    const auto zone = zone_of(document->policy.time_zone);
    if (!zone) return print_problems(arguments.file, {zone.error().detail});
    const auto now = arguments.at.empty() ? std::optional{wall_now()} : parse_local(*zone, arguments.at);
    if (!now) return wrong("--at must be a local time like 2026-11-25T22:30");
    const auto arena = catalogue_of(arguments);
    if (!arena) return print_problems(arguments.catalogue + arguments.lists, {arena.error().detail});
    const auto catalogue = Catalogue::open(*arena);
    if (!catalogue) return print_problems(arguments.catalogue, {catalogue.error().detail});
    const auto image = compile(effective(with_strictness(document->policy, document->is_strict), *zone, *now), 0);
    const auto engine = Engine::open(image, *catalogue);
    if (!engine) return print_problems(arguments.file, {engine.error().detail});
    print(*document, *engine, *question);
    print_time(document->policy, *zone, *now);
    if (!question->address) {
        for (const auto& tag : engine->unknown_tags()) std::cout << "  not known  " << tag << ": give --lists or --catalogue\n";
    }
    return fine;
}

}  // namespace

void add_explain(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("explain", "What would happen, and which rule says so.");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("FILE", arguments->file, "A profile, a policy or a configuration.")->required();
    command->add_option("--device", arguments->device, "MAC address; without it, a device that is not known.");
    command->add_option("--name", arguments->name, "The domain name asked for.");
    command->add_option("--address", arguments->address, "Or the address it goes to.");
    command->add_option("--port", arguments->port, "Its port.");
    command->add_option("--transport", arguments->transport, "tcp (the default) or udp, with --port.")
        ->check(CLI::IsMember({"tcp", "udp"}));
    command->add_option("--at", arguments->at, "Local time in the policy's zone, 2026-11-25T22:30; without it, now.");
    auto* catalogue =
        command->add_option("--catalogue", arguments->catalogue, "A compiled catalogue (/var/lib/vivi/policy/catalogue.bin).");
    command->add_option("--lists", arguments->lists, "A folder of lists (/usr/share/vivi/lists).")->excludes(catalogue);
    command->callback([&run, arguments] { run = [arguments] { return explain(*arguments); }; });
}

}  // namespace vivi::policy::command
