// Rules about variables: section 5.8.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "server/graphql/coerce.hpp"
#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

using Literal = ast::Literal::Kind;

/// Sections 5.8.1 and 5.8.2.
class VariableDefinitions : public Rule {
    using Rule::Rule;
    void enter(const ast::Operation& operation) override {
        std::map<std::string_view, ast::Position> seen;
        for (const auto& variable : operation.variables) {
            const auto [first, is_new] = seen.emplace(variable.name.text, variable.at);
            if (!is_new)
                at.report("There can be only one variable named \"$" + std::string{variable.name.text} + "\".",
                          {first->second, variable.at});
            const auto* type = at.schema.type(variable.type.name.text);
            if (!type)
                at.report("Unknown type " + quoted(variable.type.name.text) + ".", {variable.type.name.at});
            else if (!type->is_input())
                at.report("Variable \"$" + std::string{variable.name.text} + "\" cannot be non-input type " +
                              quoted(to_string(variable.type)) + ".",
                          {variable.type.at});
        }
    }
};

/// A place where a variable stands, and what is expected there.
struct Usage {
    const ast::Literal* variable = nullptr;
    std::optional<TypeRef> type{};
    bool has_default = false;           ///< The argument or input field has a default.
    const NamedType* one_of = nullptr;  ///< The oneOf input object it is a field of.
};

/// Sections 5.8.3 to 5.8.5: usages are collected for each definition, then gathered along the fragments of each operation.
class VariableUsages : public Rule {
    using Rule::Rule;

    struct Definition {
        std::vector<Usage> usages{};
        std::vector<std::string_view> spreads{};
    };

    void enter(const ast::Operation& operation) override { current_ = &operations_[&operation]; }
    void enter(const ast::Fragment& fragment) override {
        // Of two fragments with one name (5.5.1.1 reports that) the first is meant everywhere.
        current_ = at.fragment(fragment.name.text) == &fragment ? &fragments_[fragment.name.text] : &ignored_;
    }
    void spread(const ast::Selection& spread, const NamedType*) override { current_->spreads.push_back(spread.name.text); }
    void value(const ast::Literal& literal, const TypeRef* type, const InputField* input) override {
        collect(literal, type ? std::optional{*type} : std::nullopt, input && input->default_literal, nullptr);
    }

    void collect(const ast::Literal& literal, std::optional<TypeRef> type, bool has_default, const NamedType* one_of) {
        switch (literal.kind) {
            case Literal::Variable: current_->usages.push_back({&literal, type, has_default, one_of}); return;
            case Literal::List: {
                auto inner = type ? std::optional{type->nullable()} : std::nullopt;
                if (inner && inner->is_list()) inner = inner->inner();
                for (const auto& item : literal.items) collect(item, inner, false, nullptr);
                return;
            }
            case Literal::Object: {
                const auto* object = type && type->named->kind == Kind::InputObject ? type->named : nullptr;
                for (std::size_t i = 0; i < literal.items.size(); ++i) {
                    const auto* field = object ? object->input(literal.names[i].text) : nullptr;
                    collect(literal.items[i], field ? std::optional{field->type} : std::nullopt, field && field->default_literal,
                            object && object->is_one_of ? object : nullptr);
                }
                return;
            }
            case Literal::Int:
            case Literal::Float:
            case Literal::String:
            case Literal::Boolean:
            case Literal::Null:
            case Literal::Enum: return;
        }
    }

    void end() override {
        for (const auto& operation : at.document.operations) {
            std::map<std::string_view, const ast::Variable*> defined;
            for (const auto& variable : operation.variables) defined.emplace(variable.name.text, &variable);
            std::set<std::string_view> used, seen;
            follow(operations_[&operation], seen, [&](const Usage& usage) {
                const auto name = usage.variable->raw;
                used.insert(name);
                const auto found = defined.find(name);
                if (found == defined.end())
                    at.report("Variable \"$" + std::string{name} + "\" is not defined.",
                              {usage.variable->at, operation.at});  // 5.8.3
                else
                    check_position(usage, *found->second);
            });
            for (const auto& variable : operation.variables)  // 5.8.4
                if (!used.contains(variable.name.text))
                    at.report("Variable \"$" + std::string{variable.name.text} + "\" is never used.", {variable.at});
        }
    }

    template <class Visit>
    void follow(const Definition& definition, std::set<std::string_view>& seen, const Visit& visit) {
        for (const auto& usage : definition.usages) {
            if (at.is_full()) return;
            visit(usage);
        }
        for (const auto name : definition.spreads) {
            const auto fragment = fragments_.find(name);
            if (fragment != fragments_.end() && seen.insert(name).second) follow(fragment->second, seen, visit);
        }
    }

    /// IsVariableUsageAllowed, section 5.8.5.
    void check_position(const Usage& usage, const ast::Variable& variable) {
        const auto type = find_type(at.schema, variable.type);
        if (!type || !usage.type) return;
        const auto name = "Variable \"$" + std::string{variable.name.text} + "\"";
        if (usage.one_of && !type->is_non_null())
            return at.report(name + " is of type " + quoted(to_string(*type)) +
                                 " but must be non-nullable to be used for OneOf input object " + quoted(usage.one_of->name) +
                                 ".",
                             {variable.at, usage.variable->at});
        auto location = *usage.type;
        if (location.is_non_null() && !type->is_non_null()) {
            const bool has_default = variable.default_value && variable.default_value->kind != Literal::Null;
            if (has_default || usage.has_default) location = location.inner();
        }
        if (!is_compatible(*type, location))
            at.report(name + " of type " + quoted(to_string(*type)) + " used in position expecting type " +
                          quoted(to_string(*usage.type)) + ".",
                      {variable.at, usage.variable->at});
    }

    /// AreTypesCompatible, section 5.8.5.
    static bool is_compatible(TypeRef variable, TypeRef location) {
        if (location.is_non_null()) return variable.is_non_null() && is_compatible(variable.inner(), location.inner());
        if (variable.is_non_null()) return is_compatible(variable.inner(), location);
        if (location.is_list() != variable.is_list()) return false;
        if (location.is_list()) return is_compatible(variable.inner(), location.inner());
        return variable.named == location.named;
    }

    std::map<const ast::Operation*, Definition> operations_;
    std::map<std::string_view, Definition> fragments_;
    Definition ignored_;
    Definition* current_ = &ignored_;
};

}  // namespace

void add_variable_rules(Examination& at, Rules& rules) {
    rules.push_back(std::make_unique<VariableDefinitions>(at));
    rules.push_back(std::make_unique<VariableUsages>(at));
}

}  // namespace vivi::graphql
