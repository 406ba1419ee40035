// The order in which rules run, and the walk they share.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/validate.hpp"

#include "server/graphql/coerce.hpp"
#include "server/graphql/rules.hpp"

namespace vivi::graphql {

Examination::Examination(const Schema& the_schema, const ast::Document& the_document, std::string_view source,
                         std::size_t max_errors)
    : schema{the_schema}, document{the_document}, source_{source}, max_errors_{max_errors} {
    for (const auto& fragment : document.fragments) fragments_.emplace(fragment.name.text, &fragment);
}

const ast::Fragment* Examination::fragment(std::string_view name) const {
    const auto found = fragments_.find(name);
    return found == fragments_.end() ? nullptr : found->second;
}

void Examination::report(std::string message, std::initializer_list<ast::Position> places, std::string code) {
    if (is_full()) return;
    RequestError error{std::move(message), {}, std::move(code)};
    for (const auto place : places) error.locations.push_back(ast::locate(source_, place));
    errors_.push_back(std::move(error));
}

namespace {

/// One walk. Recursion is bounded by the parser's nesting limit; fragments are visited where they are defined, not where they are
/// spread.
class Walk {
public:
    Walk(Examination& at, const Rules& rules) : at_{at}, rules_{rules} {}

    void run() {
        each([](Rule& rule) { rule.document(); });
        for (const auto& operation : at_.document.operations) visit(operation);
        for (const auto& fragment : at_.document.fragments) visit(fragment);
        each([](Rule& rule) { rule.end(); });
    }

private:
    template <class Call>
    void each(Call call) {
        for (const auto& rule : rules_) call(*rule);
    }

    void visit(const ast::Operation& operation) {
        each([&](Rule& rule) { rule.enter(operation); });
        for (const auto& variable : operation.variables) {
            directives(variable.directives, DirectiveLocation::VariableDefinition);
            if (!variable.default_value) continue;
            const auto type = find_type(at_.schema, variable.type);
            const bool is_input = type && type->named->is_input();
            each([&](Rule& rule) { rule.value(*variable.default_value, is_input ? &*type : nullptr, nullptr); });
        }
        const NamedType* root = nullptr;
        auto location = DirectiveLocation::Query;
        switch (operation.type) {
            case ast::Operation::Type::Query: root = at_.schema.query; break;
            case ast::Operation::Type::Mutation: root = at_.schema.mutation, location = DirectiveLocation::Mutation; break;
            case ast::Operation::Type::Subscription:
                root = at_.schema.subscription, location = DirectiveLocation::Subscription;
                break;
        }
        directives(operation.directives, location);
        visit(operation.set, root);
        each([&](Rule& rule) { rule.leave(operation); });
    }

    void visit(const ast::Fragment& fragment) {
        each([&](Rule& rule) { rule.enter(fragment); });
        directives(fragment.directives, DirectiveLocation::FragmentDefinition);
        visit(fragment.set, composite(fragment.condition.text));
        each([&](Rule& rule) { rule.leave(fragment); });
    }

    const NamedType* composite(std::string_view name) const {
        const auto* type = at_.schema.type(name);
        return type && type->is_composite() ? type : nullptr;
    }

    void visit(const ast::SelectionSet& set, const NamedType* parent) {
        for (const auto& selection : set.items) {
            if (at_.is_full()) return;
            switch (selection.kind) {
                case ast::Selection::Kind::Field: field(selection, parent); break;
                case ast::Selection::Kind::Spread:
                    each([&](Rule& rule) { rule.spread(selection, parent); });
                    directives(selection.directives, DirectiveLocation::FragmentSpread);
                    break;
                case ast::Selection::Kind::Inline: {
                    const auto* type = selection.condition ? composite(selection.condition->text) : parent;
                    each([&](Rule& rule) { rule.inline_fragment(selection, parent, type); });
                    directives(selection.directives, DirectiveLocation::InlineFragment);
                    visit(selection.set, type);
                    break;
                }
            }
        }
    }

    void field(const ast::Selection& selection, const NamedType* parent) {
        const auto* definition = parent ? at_.schema.field(*parent, selection.name.text) : nullptr;
        each([&](Rule& rule) { rule.field(selection, parent, definition); });
        arguments(selection.arguments, definition ? &definition->arguments : nullptr);
        directives(selection.directives, DirectiveLocation::Field);
        const auto* type = definition && definition->type.named->is_composite() ? definition->type.named : nullptr;
        if (selection.has_set) visit(selection.set, type);
    }

    void arguments(const std::vector<ast::Argument>& given, const std::vector<InputField>* definitions) {
        for (const auto& argument : given) {
            const InputField* definition = nullptr;
            for (std::size_t i = 0; definitions && i < definitions->size(); ++i)
                if ((*definitions)[i].name == argument.name.text) definition = &(*definitions)[i];
            each([&](Rule& rule) { rule.value(argument.value, definition ? &definition->type : nullptr, definition); });
        }
    }

    void directives(const std::vector<ast::Directive>& given, DirectiveLocation location) {
        each([&](Rule& rule) { rule.directives(given, location); });
        for (const auto& directive : given) {
            const auto* definition = at_.schema.directive(directive.name.text);
            each([&](Rule& rule) { rule.directive(directive, definition); });
            arguments(directive.arguments, definition ? &definition->arguments : nullptr);
        }
    }

    Examination& at_;
    const Rules& rules_;
};

}  // namespace

void walk(Examination& examination, const Rules& rules) { Walk{examination, rules}.run(); }

std::vector<RequestError> validate(const Schema& schema, const ast::Document& document, std::string_view source,
                                   std::size_t max_errors) {
    Examination at{schema, document, source, max_errors};
    check_fragment_cycles(at);
    if (!at.is_clean()) return at.take();  // Nothing that follows fragments may run.

    Rules rules;
    add_operation_rules(at, rules);
    add_field_rules(at, rules);
    add_fragment_rules(at, rules);
    add_value_rules(at, rules);
    add_directive_rules(at, rules);
    add_variable_rules(at, rules);
    walk(at, rules);
    if (!at.is_full()) check_overlapping_fields(at);
    return at.take();
}

}  // namespace vivi::graphql
