// Compiling @access, and asking it.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/access.hpp"

#include <algorithm>
#include <array>

#include "common/runtime/clock.hpp"
#include "server/api/call.hpp"
#include "server/graphql/coverage.hpp"

namespace vivi::api {
namespace {

using auth::Right;
using graphql::FieldError;

constexpr std::string_view directive = "access";

constexpr std::array<std::pair<std::string_view, Right>, 12> words{{{"ANYONE", Right::Anyone},
                                                                    {"SIGNED_IN", Right::SignedIn},
                                                                    {"SHOW", Right::Show},
                                                                    {"SEE", Right::See},
                                                                    {"OPERATE", Right::Operate},
                                                                    {"MANAGE", Right::Manage},
                                                                    {"PERSONAL", Right::Personal},
                                                                    {"OWN", Right::Own},
                                                                    {"SUPPORT", Right::Support},
                                                                    {"FLEET", Right::Fleet},
                                                                    {"RELEASE", Right::Release},
                                                                    {"ADMIN", Right::Admin}}};

bool is_of_place(Right right) noexcept { return right >= Right::Show && right <= Right::Own; }

/// What a token is for is the organisation's; what is the person's own (password, sessions, other tokens) only the person
/// changes.
bool is_for_persons_only(const Call& call, Right right, bool is_mutation) {
    return is_mutation && right == Right::SignedIn && call.account && call.account->is_token;
}

}  // namespace

std::string_view word_of(Right right) noexcept {
    return std::ranges::find(words, right, [](const auto& pair) { return pair.second; })->first;
}

bool covers(Right held, Right asked) noexcept {
    if (held == asked || asked == Right::Anyone) return true;
    if (held == Right::Anyone) return false;
    if (asked == Right::SignedIn) return held != Right::Show;  // A show link shows; nobody is signed in.
    if (held == Right::Admin) return asked >= Right::Support;
    if (asked == Right::Support) return held >= Right::Support;
    if (!is_of_place(held) || !is_of_place(asked)) return false;
    if (held == Right::Personal) return asked <= Right::Manage;
    return asked <= held;  // Manage and Personal belong to the same roles, Own to one above.
}

Result<std::shared_ptr<const Access>> Access::make(const graphql::Schema& schema, const Places& places) {
    const std::shared_ptr<Access> access{new Access};
    access->rights_.resize(schema.field_count, Right::Anyone);
    access->standing_.resize(schema.types().size());
    access->mutation_ = schema.mutation;
    std::string problems;
    for (const auto& type : schema.types()) {
        if (type->kind != graphql::Kind::Object || type->is_builtin) continue;
        if (const auto known = places.all().find(type->name); known != places.all().end())
            access->standing_.at(type->index) = known->second;
        for (const auto& field : type->fields) {
            const auto* applied = graphql::applied_directive(*type, field, directive);
            const auto word = applied ? applied->arguments["to"].text() : std::string_view{};
            const auto right = std::ranges::find(words, word, [](const auto& pair) { return pair.first; });
            if (right != words.end())
                access->rights_[field.index] = right->second;
            else
                problems += "\n" + type->name + "." + field.name + (applied ? ": unknown right" : ": no @access");
        }
    }
    if (!problems.empty()) return failed(Code::Invalid, "schema.graphql:" + problems);
    return access;
}

bool Access::is_asked(std::span<const graphql::GuardedField> above, graphql::GuardedField field) const {
    const auto right = right_of(field);
    if (right == Right::Anyone) return false;
    if (above.empty()) return true;
    if (is_of_place(right) && standing_[field.parent->index]) return true;
    return std::ranges::none_of(above, [&](const auto& step) { return covers(right_of(step), right); });
}

void Access::ask(graphql::GuardedField field, std::span<const graphql::Object> parents, graphql::Context& context,
                 std::span<std::optional<FieldError>> refused) const {
    auto& call = context.get<Call>();
    const auto right = right_of(field);
    const auto& standing_of = standing_[field.parent->index];
    const bool is_placed = is_of_place(right) && standing_of;
    const auto verdict = [&](const Standing* standing) -> std::optional<FieldError> {
        const bool is_free = !is_for_persons_only(call, right, field.parent == mutation_);
        if (is_free && (standing ? may(call, right, *standing) : may_somewhere(call, right))) return std::nullopt;
        if (const auto account = signed_in(call); !account && !call.show) return account.error();
        note_denial(call, field.parent->name + "." + field.field->name, standing ? standing->place.organisation : std::string{});
        return FieldError{"Your role does not allow this.", "FORBIDDEN"};
    };
    if (!is_placed) {
        if (const auto no = verdict(nullptr)) std::ranges::fill(refused, no);
        return;
    }
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto standing = standing_of(parents[i]);
        refused[i] = verdict(&standing);
    }
}

}  // namespace vivi::api
