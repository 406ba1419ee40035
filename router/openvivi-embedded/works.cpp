// Services, power, logs and diagnostics as commands.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/works.hpp"

#include <filesystem>

#include "common/model/reading.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "router/openvivi-embedded/diagnostics.hpp"
#include "router/openvivi-embedded/journal.hpp"
#include "router/openvivi-embedded/service_names.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr const char* no_journal = "there is no journal that openvivi-embedded may read";
constexpr Seconds most_changing{60};  // TimeoutStopSec and a start; rabbitmq-server takes some seconds.
constexpr Milliseconds looking{250};
constexpr Seconds most_going_down{180};  // Twice DefaultTimeoutStopSec (systemd-system.conf(5)).
constexpr Milliseconds before_the_end{500};  // What ends this process lets its answer out first.
constexpr std::int64_t most_lines = 2000, most_since_seconds = 604'800, most_follow_seconds = 300;
constexpr Milliseconds between_looks{500};
constexpr std::size_t most_followed_bytes = 64 * 1024, most_lines_a_look = 500;

Result<Outcome> with_result(Result<nlohmann::json> result) {
    if (!result) return std::unexpected{std::move(result).error()};
    return Outcome{.result = *std::move(result)};
}

/// What systemd made of the job, in the end.
Result<Outcome> judged(UnitVerb verb, const UnitState& unit) {
    const bool should_run = verb != UnitVerb::Stop;
    const bool runs = unit.active_state == "active";
    if (should_run == runs) return Outcome{.detail = unit.service + " is " + unit.active_state, .result = to_json(unit)};
    return failed(Code::Internal, unit.service + " is " + unit.active_state + " (" + unit.sub_state + ", " + unit.result + ')');
}

Task<Result<Outcome>> change(Units units, net::thread_pool& slow, UnitVerb verb, std::string service, std::string unit) {
    if (service == own_service) co_await after(before_the_end);
    if (auto queued = co_await blocking(slow, [&] { return units.queue(verb, unit); }); !queued)
        co_return std::unexpected{std::move(queued).error()};
    const auto until = now() + most_changing;
    for (;;) {
        co_await after(looking);
        const auto state = co_await blocking(slow, [&] { return units.state(service, unit); });
        if (!state) co_return std::unexpected{state.error()};
        if (!state->has_job) co_return judged(verb, *state);
        if (now() >= until) co_return failed(Code::Timeout, service + ": still " + state->active_state + " after 60 s");
    }
}

/// Returns only when the machine stays: its success is that there is nobody left to tell.
Task<Result<Outcome>> switch_power(Units units, net::thread_pool& slow, PowerVerb verb) {
    co_await after(before_the_end);
    const auto asked = co_await blocking(slow, [&] { return units.power(verb); });
    if (!asked && asked.error().code != Code::Timeout) co_return std::unexpected{asked.error()};
    co_await after(most_going_down);
    co_return failed(Code::Timeout, (asked ? std::string{} : asked.error().detail + "; ") + "the machine still runs 3 min later");
}

Result<std::string> collected(const LogQuestion& question) {
    auto journal = Journal::open(question.unit);
    if (!journal) return std::unexpected{std::move(journal).error()};
    if (!(*journal)->is_there()) return failed(Code::Unavailable, no_journal);
    const auto lines = (*journal)->last(question);
    if (!lines) return std::unexpected{lines.error()};
    std::string text;
    for (const auto& line : *lines) text.append(line.text).append("\n");
    return text;
}

Task<Result<Outcome>> collect(net::thread_pool& slow, LogQuestion question) {
    const auto text = co_await blocking(slow, [question] { return collected(question); });
    if (!text) co_return std::unexpected{text.error()};
    co_return Outcome{.result = {{"text", *text}}};
}

/// What a unit wrote and goes on writing, the newest of it.
class Followed {
public:
    void add(const std::vector<LogLine>& lines) {
        for (const auto& line : lines) text_.append(line.text).append("\n");
        lines_ += lines.size();
        if (text_.size() > most_followed_bytes) text_.erase(0, text_.find('\n', text_.size() - most_followed_bytes) + 1);
    }
    Outcome so_far() const { return {.detail = std::to_string(lines_) + " lines", .result = {{"text", text_}}}; }

private:
    std::string text_{};
    std::size_t lines_ = 0;
};

/// The hub reads what is there once a second, and hands it on: a log as it is written, bounded in time and size.
Task<Result<Outcome>> follow(net::thread_pool& slow, LogQuestion question, Seconds lasting, Progress progress) {
    auto journal = Journal::open(question.unit);
    if (!journal) co_return std::unexpected{std::move(journal).error()};
    if (!(*journal)->is_there()) co_return failed(Code::Unavailable, no_journal);
    Followed followed;
    auto lines = co_await blocking(slow, [&] { return (*journal)->last(question); });
    for (const auto began = now();;) {
        if (!lines) co_return std::unexpected{lines.error()};
        if (!lines->empty()) followed.add(*lines);
        const auto passed = now() - began;
        if (passed >= lasting) co_return followed.so_far();
        progress.so_far(followed.so_far());
        progress(static_cast<int>(100 * passed / lasting));
        co_await after(between_looks);
        lines = co_await blocking(slow, [&] { return (*journal)->next(most_lines_a_look); });
    }
}

Result<nlohmann::json> parse_body(std::string_view body) {
    auto document = model::parse_json(body.empty() ? "{}" : body);
    if (document && !document->is_object()) return failed(Code::Invalid, "the body must be a JSON object");
    return document;
}

Result<Prepared> prepare_ping(const nlohmann::json& body) {
    model::Fields in{body, ""};
    auto host = in.text("host");
    const auto count = static_cast<int>(in.integer("count", 1, 20));
    in.refuse_unknown();
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    if (!is_host(host)) return failed(Code::Invalid, "/host: must be a name or an address");
    return Prepared{.work = [host, count](Progress progress) -> Task<Result<Outcome>> {
        co_return with_result(co_await ping(host, count, std::move(progress)));
    }};
}

Result<Prepared> prepare_dns(const nlohmann::json& body) {
    model::Fields in{body, ""};
    auto name = in.text("name");
    in.refuse_unknown();
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    if (!is_host(name)) return failed(Code::Invalid, "/name: must be a name");
    return Prepared{.work = [name](Progress) -> Task<Result<Outcome>> { co_return with_result(co_await resolve(name)); }};
}

Result<Prepared> prepare_throughput(const nlohmann::json& body) {
    model::Fields in{body, ""};
    const auto seconds = static_cast<int>(in.integer("seconds", 1, 20));
    in.refuse_unknown();
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return Prepared{.work = [seconds](Progress progress) -> Task<Result<Outcome>> {
        co_return with_result(co_await throughput(seconds, std::move(progress)));
    }};
}

}  // namespace

std::string installed_version() {
    std::error_code error;
    const auto target = std::filesystem::read_symlink("/opt/vivi/current", error);
    return error ? std::string{VIVI_VERSION} : target.filename().string();
}

Result<Prepared> Works::prepare_service(UnitVerb verb, const std::string& service) const {
    auto unit = unit_of(service);
    if (!unit) return failed(Code::NotFound, service + ": is no service of a router");
    if (verb == UnitVerb::Stop && service == own_service)
        return failed(Code::Conflict, service + " is the way to this router; it can be restarted, not stopped");
    const bool is_own = service == own_service;
    return Prepared{.work = [units = units_, &slow = slow_, verb, service, unit = *unit](Progress) -> Task<Result<Outcome>> {
                        co_return co_await change(units, slow, verb, service, unit);
                    },
                    .ends_with = is_own&& verb == UnitVerb::Restart ? EndsWith::NewProcess : EndsWith::Itself};
}

Prepared Works::prepare_power(PowerVerb verb) const {
    return {.work = [units = units_, &slow = slow_, verb](Progress) -> Task<Result<Outcome>> {
                co_return co_await switch_power(units, slow, verb);
            },
            .ends_with = EndsWith::NewBoot};
}

Result<Prepared> Works::prepare_logs(const std::string& service, const nlohmann::json& body) const {
    auto unit = unit_of(service);
    if (!unit) return failed(Code::NotFound, service + ": is no service of a router");
    model::Fields in{body, ""};
    LogQuestion question{.unit = *std::move(unit)};
    question.lines = static_cast<std::size_t>(in.integer("lines", 1, most_lines));
    const Seconds since{in.integer("since_seconds", 0, most_since_seconds)};
    const Seconds lasting{in.has("follow_seconds") ? in.integer("follow_seconds", 0, most_follow_seconds) : 0};
    in.refuse_unknown();
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    if (since > 0s) question.since = wall_now() - since;
    if (lasting > 0s)
        return Prepared{.work = [&slow = slow_, question, lasting](Progress progress) -> Task<Result<Outcome>> {
            co_return co_await follow(slow, question, lasting, std::move(progress));
        }};
    return Prepared{
        .work = [&slow = slow_, question](Progress) -> Task<Result<Outcome>> { co_return co_await collect(slow, question); }};
}

Result<Prepared> Works::prepare(Action action, const std::string& argument, std::string_view body) const {
    const auto document = parse_body(body);
    if (!document) return std::unexpected{document.error()};
    switch (action) {
        case Action::StartService: return prepare_service(UnitVerb::Start, argument);
        case Action::StopService: return prepare_service(UnitVerb::Stop, argument);
        case Action::RestartService: return prepare_service(UnitVerb::Restart, argument);
        case Action::CollectLogs: return prepare_logs(argument, *document);
        case Action::Reboot: return prepare_power(PowerVerb::Reboot);
        case Action::PowerOff: return prepare_power(PowerVerb::PowerOff);
        case Action::Ping: return prepare_ping(*document);
        case Action::Dns: return prepare_dns(*document);
        case Action::Throughput: return prepare_throughput(*document);
        case Action::Health:
        case Action::System:
        case Action::Nonce:
        case Action::HubNote:
        case Action::ReadCommand:
        case Action::ListServices:
        case Action::ReadLogs:
        case Action::FollowLogs:
        case Action::ReadUpdate:
        case Action::TakeBundle:
        case Action::Update: break;
    }
    return failed(Code::Internal, "this is no command of its own");
}

Task<Result<nlohmann::json>> Works::services() const {
    const auto ask = [units = units_]() -> Result<nlohmann::json> {
        auto list = nlohmann::json::array();
        for (const auto name : service_names()) {
            const auto state = units.state(std::string{name}, *unit_of(name));
            if (!state) return std::unexpected{state.error()};
            auto row = to_json(*state);
            row["version"] = name.starts_with("vivi-") && !name.starts_with("vivi-redis") ? nlohmann::json(installed_version())
                                                                                          : nlohmann::json();
            list.push_back(std::move(row));
        }
        return list;
    };
    co_return co_await blocking(slow_, ask);
}

}  // namespace vivi::openvivi_embedded
