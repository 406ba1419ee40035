// Bounds before execution.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/limits.hpp"

#include <algorithm>
#include <map>

#include "server/graphql/coerce.hpp"

namespace vivi::graphql {
namespace {

bool is_introspection(std::string_view name) { return name == "__schema" || name == "__type"; }

/// One pass over the text, one memo entry a fragment.
class DocumentLimits {
public:
    DocumentLimits(const ast::Document& document, std::string_view source, const Options& options)
        : source_{source}, options_{options}, document_{document} {
        for (const auto& fragment : document.fragments) fragments_.emplace(fragment.name.text, &fragment);
    }

    std::optional<RequestError> run() {
        for (const auto& operation : document_.operations) {
            count(operation.directives);
            for (const auto& variable : operation.variables) count(variable.directives);
            count(operation.set);
        }
        for (const auto& fragment : document_.fragments) {
            count(fragment.directives);
            count(fragment.set);
        }
        for (const auto& operation : document_.operations) {
            if (const auto deep = depth(operation.set, 0); limit(deep, options_.limits.depth))
                fail("The operation is nested " + std::to_string(deep) + " fields deep; " +
                         std::to_string(options_.limits.depth) + " are allowed.",
                     operation.at, "QUERY_TOO_DEEP");
        }
        return std::move(error_);
    }

private:
    static bool limit(std::size_t value, std::size_t bound) { return bound != 0 && value > bound; }

    void fail(std::string message, ast::Position place, std::string code) {
        if (!error_) error_ = RequestError{std::move(message), {ast::locate(source_, place)}, std::move(code)};
    }

    void count(const std::vector<ast::Directive>& directives) {
        directives_ += directives.size();
        if (limit(directives_, options_.limits.directives))
            fail("The document uses too many directives.", directives.empty() ? 0 : directives[0].at, "TOO_MANY_DIRECTIVES");
    }

    void count(const ast::SelectionSet& set) {
        for (const auto& selection : set.items) {
            count(selection.directives);
            if (!selection.alias.text.empty() && limit(++aliases_, options_.limits.aliases))
                fail("The document uses too many aliases.", selection.at, "TOO_MANY_ALIASES");
            if (selection.kind == ast::Selection::Kind::Field && is_introspection(selection.name.text)) introspection(selection);
            if (selection.has_set) count(selection.set);
        }
    }

    void introspection(const ast::Selection& selection) {
        if (!options_.has_introspection) fail("Introspection is off here.", selection.at, "INTROSPECTION_DISABLED");
        lists_.clear();
        if (lists(selection.set) > 2) fail("Introspection lists are nested too deeply.", selection.at, "INTROSPECTION_TOO_DEEP");
        depths_.clear();
        if (const auto deep = depth(selection.set, 1); limit(deep, options_.limits.introspection_depth))
            fail("The introspection is nested too deeply.", selection.at, "QUERY_TOO_DEEP");
        depths_.clear();
    }

    /// Levels of fields below `above` levels. Introspection has its own bound and counts one here.
    std::size_t depth(const ast::SelectionSet& set, std::size_t above) { return above + depth(set); }
    std::size_t depth(const ast::SelectionSet& set) {
        std::size_t deepest = 0;
        for (const auto& selection : set.items) {
            std::size_t here = 0;
            switch (selection.kind) {
                case ast::Selection::Kind::Field:
                    here = 1 + (selection.has_set && !is_introspection(selection.name.text) ? depth(selection.set) : 0);
                    break;
                case ast::Selection::Kind::Inline: here = depth(selection.set); break;
                case ast::Selection::Kind::Spread:
                    here = memo(depths_, selection, [&](const ast::SelectionSet& below) { return depth(below); });
                    break;
            }
            deepest = std::max(deepest, here);
        }
        return deepest;
    }

    /// Lists of introspection within each other: each multiplies the response by the size of the schema.
    std::size_t lists(const ast::SelectionSet& set) {
        std::size_t deepest = 0;
        for (const auto& selection : set.items) {
            std::size_t here = 0;
            switch (selection.kind) {
                case ast::Selection::Kind::Field: {
                    const auto name = selection.name.text;
                    here =
                        (name == "fields" || name == "interfaces" || name == "possibleTypes" || name == "inputFields" ? 1u : 0u) +
                        (selection.has_set ? lists(selection.set) : 0);
                    break;
                }
                case ast::Selection::Kind::Inline: here = lists(selection.set); break;
                case ast::Selection::Kind::Spread:
                    here = memo(lists_, selection, [&](const ast::SelectionSet& below) { return lists(below); });
                    break;
            }
            deepest = std::max(deepest, here);
        }
        return deepest;
    }

    template <class Count>
    std::size_t memo(std::map<std::string_view, std::size_t>& known, const ast::Selection& spread, Count count_below) {
        if (const auto found = known.find(spread.name.text); found != known.end()) return found->second;
        const auto result = count_below(fragments_.at(spread.name.text)->set);
        known.emplace(spread.name.text, result);
        return result;
    }

    std::string_view source_;
    const Options& options_;
    const ast::Document& document_;
    std::map<std::string_view, const ast::Fragment*> fragments_;
    std::map<std::string_view, std::size_t> depths_, lists_;
    std::size_t aliases_ = 0, directives_ = 0;
    std::optional<RequestError> error_;
};

/// How many objects a response can hold: one for each composite field, times the lists it stands in.
class Cost {
public:
    Cost(const Fields& variables, std::string_view source, const Limits& limits)
        : variables_{variables}, source_{source}, limits_{limits} {}

    /// `each`: objects of this plan; `page`: what `first` of the connection above says about the lists directly below it, or 0.
    void add(const ObjectPlan& plan, std::size_t each, std::size_t page) {
        for (const auto& field : plan.fields) {
            if (is_over()) return;
            if (field.below.empty() || field.parent->is_builtin || field.definition->name.starts_with("__")) continue;
            const auto asked = page_size(field);
            const bool is_list = field.definition->type.nullable().is_list();
            std::size_t count = each;
            if (is_list) count *= asked != 0 ? asked : page != 0 ? page : limits_.assumed_list_size;
            total_ += count;
            const auto before = total_;
            auto most = total_;  // Of several possible types each object is one.
            for (const auto& below : field.below) {
                total_ = before;
                add(*below, count, is_list ? 0 : asked);
                most = std::max(most, total_);
            }
            total_ = most;
        }
    }
    bool is_over() const { return limits_.cost != 0 && total_ > limits_.cost; }

private:
    std::size_t page_size(const FieldPlan& field) const {
        const auto size = [](const Arguments& arguments) -> std::size_t {
            for (const auto* name : {"first", "last"})
                if (arguments[name].is_integer())
                    return static_cast<std::size_t>(std::clamp<std::int64_t>(arguments[name].integer(), 1, 1'000'000));
            return 0;
        };
        if (field.constant_arguments) return size(*field.constant_arguments);
        const auto values = coerce_arguments(field.definition->arguments, *field.arguments, variables_, source_);
        return values ? size(Arguments{*values}) : 0;
    }

    const Fields& variables_;
    std::string_view source_;
    const Limits& limits_;
    std::size_t total_ = 0;
};

}  // namespace

std::optional<RequestError> check_limits(const ast::Document& document, std::string_view source, const Options& options) {
    return DocumentLimits{document, source, options}.run();
}

std::optional<RequestError> check_cost(const Plan& plan, const Fields& variables, std::string_view source, const Limits& limits) {
    if (limits.root_fields != 0 && plan.root.fields.size() > limits.root_fields)
        return RequestError{"The operation selects more than " + std::to_string(limits.root_fields) + " root fields.",
                            {},
                            "TOO_MANY_ROOT_FIELDS"};
    Cost cost{variables, source, limits};
    cost.add(plan.root, 1, 0);
    if (cost.is_over())
        return RequestError{
            "The operation may answer with more than " + std::to_string(limits.cost) + " objects; ask for fewer with `first`.",
            {},
            "QUERY_TOO_EXPENSIVE"};
    return std::nullopt;
}

}  // namespace vivi::graphql
