// From an address to a file.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/reports.hpp"

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/event_report.hpp"
#include "server/api/events.hpp"
#include "server/report/pdf.hpp"

namespace vivi::api {
namespace {

struct Wish {
    std::string event{};  ///< Id.
    bool is_pdf = false;
    Language language = Language::English;
    ReportDetail detail = ReportDetail::Anonymous;
};

std::optional<Wish> parse(std::string_view target) {
    Wish wish;
    if (!target.starts_with(Reports::path)) return std::nullopt;
    target.remove_prefix(Reports::path.size());
    const auto mark = std::min(target.find('?'), target.size());
    auto name = target.substr(0, mark), query = target.substr(std::min(mark + 1, target.size()));
    wish.is_pdf = name.ends_with(".pdf");
    if (!wish.is_pdf && !name.ends_with(".csv")) return std::nullopt;
    wish.event = name.substr(0, name.size() - 4);
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair == "language=fr")
            wish.language = Language::French;
        else if (pair == "detail=full")
            wish.detail = ReportDetail::Full;
        else if (pair != "language=en" && pair != "detail=anonymous")
            return std::nullopt;
    }
    return wish;
}

ReportAnswer refused(int status, std::string_view code, std::string_view message) {
    return {.status = status,
            .body = R"({"error":{"code":")" + std::string{code} + R"(","message":")" + std::string{message} + R"("}})"};
}
ReportAnswer refused(const graphql::FieldError& error) {
    if (error.code == "UNAUTHENTICATED") return refused(401, error.code, "Sign in first.");
    if (error.code == "FORBIDDEN") return refused(403, error.code, "Your role does not allow this.");
    return refused(503, "UNAVAILABLE", "Try again in a moment.");
}
ReportAnswer not_there() { return refused(404, "NOT_FOUND", "There is no such report."); }

std::string organisation_name(const Call& call, const std::string& organisation) {
    for (const auto& membership : call.account->memberships)
        if (membership.organisation == organisation) return membership.organisation_name;
    return {};
}

/// While it lives, somebody waits.
class Place {
public:
    explicit Place(int& waiting) : waiting_{waiting} { ++waiting_; }
    ~Place() { --waiting_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    int& waiting_;
};

}  // namespace

Task<ReportAnswer> Reports::answer(Call& call, std::string target) {
    const auto wish = parse(target);
    if (!wish) co_return not_there();
    const auto found = co_await find_event(call, wish->event);
    if (!found) co_return refused(found.error());
    if (!*found) co_return not_there();
    const auto& [tenant, event] = **found;
    const bool is_full = wish->detail == ReportDetail::Full;
    if (auto allowed = require(call, is_full ? auth::Right::Personal : auth::Right::See, place_of(event)); !allowed)
        co_return refused(allowed.error());
    if (waiting_ >= most_waiting)
        co_return refused(503, "UNAVAILABLE", "Too many reports are being made; try again in a moment.");
    const Place place{waiting_};
    const db::ReportReader reader{.user = is_full ? call.account->user : std::string{}, .address = call.address};
    auto data = co_await db::event_report(call.services.pool, tenant, event.id, reader);
    if (!data && data.error().code == Code::NotFound) co_return not_there();
    if (!data) co_return refused(graphql::FieldError{data.error()});
    Report report{.event = event.name,
                  .organisation = organisation_name(call, event.organisation),
                  .language = wish->language,
                  .detail = wish->detail,
                  .made_at = wall_now(),
                  .data = *std::move(data)};
    if (auto zone = call.services.catalogues.zone(event.time_zone)) {
        report.time_zone = event.time_zone;
        report.zone = *std::move(zone);
    }
    if (!wish->is_pdf)
        co_return ReportAnswer{.content_type = "text/csv; charset=utf-8", .file_name = "report.csv", .body = to_csv(report)};
    auto draw = [document = to_document(report)] { return report::to_pdf(document); };
    auto pdf = co_await blocking(worker_, std::move(draw));
    if (!pdf) co_return refused(graphql::FieldError{pdf.error()});
    co_return ReportAnswer{.content_type = "application/pdf", .file_name = "report.pdf", .body = *std::move(pdf)};
}

}  // namespace vivi::api
