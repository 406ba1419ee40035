// Applying configurations and watches.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/decisions.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/carried_leases.hpp"
#include "common/model/fields.hpp"
#include "common/model/sync_event.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/bridged/last_good.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

constexpr std::string_view own_name = "bridged";
/// `by` of the report that speaks for all daemons.
constexpr std::string_view whole_router = "router";

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string all;
    for (const auto& part : parts) all.append(all.empty() ? "" : between).append(part);
    return all;
}

Result<model::Configuration> parse(const std::string& document) {
    const auto json = model::parse_json(document, model::max_configuration_bytes);
    if (!json) return std::unexpected{json.error()};
    auto configuration = model::parse_configuration(*json);
    if (!configuration) return failed(Code::Invalid, joined(configuration.error(), "; "));
    return *std::move(configuration);
}

}  // namespace

Decisions::Decisions(const net::any_io_executor& executor, Ports ports, std::string last_good_file,
                     std::vector<std::string> reporters)
    : ports_{ports},
      last_good_file_{std::move(last_good_file)},
      reports_{[&] {
          reporters.emplace_back(own_name);
          return std::move(reporters);
      }()},
      wake_{executor} {}

void Decisions::restore(const std::string& reports, const std::string& applied_revision) {
    reports_.restore(reports);
    std::int64_t revision = 0;
    std::from_chars(applied_revision.data(), applied_revision.data() + applied_revision.size(), revision);
    applied_revision_ = std::max(applied_revision_, std::min(revision, this->revision()));
    report_when_all_have();
}

Task<> Decisions::boot() {
    co_await ports_.local.look();
    co_await ports_.confirmer.load();
    auto read = [this] { return read_last_good(last_good_file_); };
    auto text = co_await blocking(disk_, std::move(read));
    if (text && !*text) {
        log::info("config.none", {{"file", last_good_file_}});
        co_return;
    }
    auto configuration = text ? parse(**text) : std::unexpected{std::move(text).error()};
    if (!configuration) {
        log::error("config.unreadable", {{"from", last_good_file_}, {"reason", configuration.error().detail}});
        co_return;
    }
    const auto enforced = co_await enforce(**text, configuration->revision);
    if (!enforced) log::error("config.failed", {{"revision", configuration->revision}, {"reason", enforced.error().detail}});
    is_filed_ = true;
}

void Decisions::decide(sync::Config config) {
    if (!decided_ || decided_->revision <= config.revision) decided_ = std::move(config);
    wake_.notify();
}

void Decisions::watch(sync::Watch watch) {
    watched_ = watch;
    watched_until_ = now() + watch.duration;
    wake_.notify();
}

void Decisions::welcomed(std::int64_t connection) {
    ports_.confirmer.welcomed(connection);
    wake_.notify();
}

void Decisions::local_changed() {
    is_local_news_ = true;
    wake_.notify();
}

Task<> Decisions::put_in_force_again() {
    if (!configuration_) co_return;
    const auto applied = co_await ports_.enforcer.apply(ports_.local.over(*configuration_));
    if (!applied) {
        log::error("local.failed", {{"reason", applied.error().detail}});
        ports_.alarms.refused(Alarms::Of::Document, "decided at the router: " + applied.error().detail);
        co_return;
    }
    ports_.alarms.accepted(Alarms::Of::Document);
    co_await ports_.network.apply(ports_.local.over(*configuration_));
    is_moment_announced_ = false;  // The same revision, other rules: as when a schedule begins.
}

void Decisions::moment_changed() {
    is_moment_announced_ = false;
    wake_.notify();
}

Task<> Decisions::run() {
    for (;;) {
        if (std::exchange(is_local_news_, false)) co_await put_in_force_again();
        if (auto config = std::exchange(decided_, std::nullopt)) co_await apply(*std::move(config));
        if (watched_) co_await publish_watch();
        if (const auto proven = co_await ports_.confirmer.look(configuration_)) co_await go_back(*proven);
        co_await publish();
        complain_about_silence();
        tell_drift();
        const bool is_settled =
            is_adopted_ && is_stored_ && is_filed_ && is_announced_ && is_moment_announced_ && !watched_ && !complain_at_;
        const Milliseconds calm{ports_.confirmer.is_pending() ? 1'000 : 5'000};
        co_await wake_.wait(is_settled ? calm : Milliseconds{500});
    }
}

Task<> Decisions::apply(sync::Config config) {
    if (config.revision <= revision()) {
        log::info("config.known", {{"revision", config.revision}, {"in_force", revision()}});
        if (reports_.all_have(revision())) applied_revision_ = 0;  // Said again below.
        is_announced_ = false;
        report_when_all_have();
        co_return;
    }
    const auto enforced = co_await enforce(config.document, config.revision);
    if (enforced) co_return;
    fail(config.revision, own_name, enforced.error().detail);
    ports_.alarms.refused(Alarms::Of::Document, "revision " + std::to_string(config.revision) + ": " + enforced.error().detail);
}

/// The same steps for a document of the server and for the file's.
Task<Status> Decisions::enforce(std::string document, std::int64_t revision) {
    auto configuration = parse(document);
    if (!configuration) co_return std::unexpected{std::move(configuration).error()};
    if (configuration->revision != revision)
        co_return failed(Code::Invalid, "/revision: is " + std::to_string(configuration->revision) + ", announced as " +
                                            std::to_string(revision));
    if (auto effective = ports_.confirmer.effective(document, *configuration, document_); effective != document) {
        document = std::move(effective);
        configuration = parse(document);
        if (!configuration) co_return std::unexpected{std::move(configuration).error()};
    }
    co_await ports_.confirmer.about_to_enforce(*configuration, configuration_, document_);
    auto applied = co_await put_in_force(*std::move(configuration), std::move(document));
    if (!applied) {
        co_await ports_.confirmer.not_enforced();
        co_return applied;
    }
    complain_at_ = now() + report_patience;
    log::info("config.enforced", {{"revision", revision}});
    if (const auto parts = unenforced(); !parts.empty())
        log::warn("config.unenforced", {{"revision", revision}, {"parts", joined(parts, "; ")}});
    reports_.note(std::string{own_name}, revision);
    ports_.own.add(model::topic::config_applied, {{"revision", revision}, {"by", own_name}}, {{"reports", reports_.text()}});
    report_when_all_have();
    co_return Status{};
}

/// What follows, publish() does: until it has worked.
Task<Status> Decisions::put_in_force(model::Configuration configuration, std::string document) {
    auto applied = co_await ports_.enforcer.apply(ports_.local.over(configuration));
    if (!applied) co_return applied;
    configuration_ = std::move(configuration);
    document_ = std::move(document);
    const auto json = model::parse_json(document_, model::max_configuration_bytes);
    carried_leases_ = json ? model::carried_leases_of(*json) : std::string{};
    ports_.alarms.accepted(Alarms::Of::Document);
    co_await ports_.network.apply(ports_.local.over(*configuration_));
    is_stored_ = is_filed_ = is_announced_ = false;
    co_return Status{};
}

/// The same revision with the networks, uplink and DNS of before: its policy holds on.
Task<> Decisions::go_back(const std::string& proven) {
    const auto failed = *configuration_;
    auto document = with_sections_of(document_, proven);
    auto configuration = parse(document);
    const auto done = configuration ? co_await put_in_force(*std::move(configuration), std::move(document))
                                    : Status{std::unexpected{std::move(configuration).error()}};
    if (!done) fail(revision(), own_name, "the networks, uplink and DNS of before cannot be put back: " + done.error().detail);
    co_await ports_.confirmer.reverted(failed);
}

/// Applied and desired may be one revision and something of it not be so: said whenever that changes.
void Decisions::tell_drift() {
    auto parts = unenforced();
    if (!configuration_ || (parts == told_unenforced_ && (parts.empty() || revision() == told_unenforced_of_))) return;
    told_unenforced_ = parts;
    told_unenforced_of_ = revision();
    auto rows = nlohmann::json::array();
    for (const auto& part : parts) {
        const auto end = std::min(part.find(": "), part.size());
        rows.push_back({{"part", part.substr(0, end)}, {"reason", part.substr(std::min(end + 2, part.size()))}});
    }
    ports_.own.add(model::topic::config_drift, {{"revision", revision()}, {"parts", std::move(rows)}});
}

/// A crash between Redis and the file leaves the newer document in Redis; a new disk leaves it there alone.
Task<> Decisions::adopt() {
    auto text = co_await store::get_text(ports_.state, state::key::config.text());
    if (!text) co_return;
    is_adopted_ = true;
    if (!*text) co_return;
    const auto stored = parse(**text);
    if (stored && stored->revision > revision()) decide({.revision = stored->revision, .document = **std::move(text)});
}

/// Redis, then the file, then the bus: who hears config.changed finds the document. Each is tried again until it worked.
Task<> Decisions::publish() {
    if (!is_adopted_) co_await adopt();
    if (!configuration_ || decided_) co_return;
    if (!is_stored_) {
        store::Command command{"SET", state::key::config.text(), document_};
        const auto stored = co_await ports_.state.run(std::move(command));
        is_stored_ = stored.has_value();
        if (!stored) log::warn("config.store.waiting", {{"reason", stored.error().detail}});
    }
    if (!is_filed_) {
        auto write = [path = last_good_file_, document = document_] { return write_last_good(path, document); };
        const auto filed = co_await blocking(disk_, std::move(write));
        is_filed_ = filed.has_value();
        if (!filed) log::error("config.file.failed", {{"reason", filed.error().detail}});
    }
    if (!is_announced_ && is_stored_) {
        const auto told = co_await tell(model::topic::config_changed, {{"revision", revision()}});
        is_announced_ = told.has_value();
        if (!told) log::warn("config.announce.waiting", {{"reason", told.error().detail}});
        if (told) is_moment_announced_ = true;  // Whoever hears of the revision reads the files of this moment.
    }
    if (!is_moment_announced_) {
        const auto told = co_await tell(model::topic::policy_changed, {{"revision", revision()}});
        is_moment_announced_ = told.has_value();
        if (!told) log::warn("config.announce.waiting", {{"reason", told.error().detail}});
    }
}

Task<> Decisions::publish_watch() {
    const auto watch = *watched_;
    const auto seconds = std::to_string(watch.duration.count());
    store::Command command = watch.duration > 0s ? store::Command{"SET", state::key::watch.text(), seconds, "EX", seconds}
                                                 : store::Command{"DEL", state::key::watch.text()};
    const auto stored = co_await ports_.state.run(std::move(command));
    const auto told = co_await tell(model::topic::watch_changed, {{"seconds", watch.duration.count()}});
    if (!stored || !told) log::warn("watch.lost", {{"reason", stored ? told.error().detail : stored.error().detail}});
    if (watched_ == watch) watched_.reset();  // Not tried again: the hub repeats it while somebody looks.
}

Task<Status> Decisions::tell(std::string_view topic, nlohmann::json members) {
    auto record = ports_.own.for_bus(topic, std::move(members));
    std::vector<bus::Message> batch;
    batch.push_back({.topic = std::move(record.topic), .body = std::move(record.body)});
    co_return co_await ports_.bus.publish(std::move(batch));
}

void Decisions::fail(std::int64_t revision, std::string_view by, std::string detail) {
    log::error("config.failed", {{"revision", revision}, {"by", by}, {"reason", detail}});
    ports_.own.add(model::topic::config_failed, {{"revision", revision}, {"by", by}, {"detail", std::move(detail)}});
}

StateFields Decisions::reported(const bus::Message& report) {
    const auto json = model::parse_json(report.body);
    if (!json) return {};
    model::Fields in{*json, ""};
    const auto by = in.text("by");
    const auto revision = in.integer("revision");
    const auto detail = in.text("detail", "");
    if (!in.ok()) {
        log::warn("config.report.unreadable", {{"topic", report.topic}, {"reason", in.problems()}});
        return {};
    }
    if (report.topic == model::topic::config_failed) {
        log::error("config.refused", {{"by", by}, {"revision", revision}, {"detail", detail}});
        return {};
    }
    if (!reports_.note(by, revision)) return {};
    report_when_all_have();
    return {{"reports", reports_.text()}};
}

void Decisions::report_when_all_have() {
    if (!configuration_ || applied_revision_ == revision() || !reports_.all_have(revision())) return;
    applied_revision_ = revision();
    complain_at_.reset();
    log::info("config.applied", {{"revision", revision()}});
    ports_.own.add(model::topic::config_applied, {{"revision", revision()}, {"by", whole_router}},
                   {{"applied_revision", std::to_string(revision())}});
}

/// Once: the server learns who is missing; the wait goes on.
void Decisions::complain_about_silence() {
    if (!complain_at_ || now() < *complain_at_) return;
    complain_at_.reset();
    if (missing().empty()) return;  // The process before this one had heard them.
    fail(revision(), whole_router, "not reported within 10 s by: " + joined(missing(), ", "));
}

std::vector<std::string> Decisions::unenforced() const {
    if (!configuration_) return {};
    auto parts = ports_.confirmer.unenforced();
    for (auto& part : ports_.local.parts()) parts.push_back(std::move(part));
    for (auto& problem : ports_.enforcer.problems()) parts.push_back(problem);
    for (const auto& problem : ports_.network.problems()) parts.push_back("/networks: " + problem);
    if (!ports_.network.manages()) return parts;
    if (configuration_->uplink.mode == model::UplinkMode::Dhcp && !configuration_->uplink.interface.empty())
        parts.emplace_back("/uplink/mode: the address comes from the system's own DHCP client");
    return parts;
}

}  // namespace vivi::bridged
