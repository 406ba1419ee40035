// Rules about fields and arguments: sections 5.3.1, 5.3.3 and 5.4.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

/// Section 5.3.1.
class FieldSelections : public Rule {
    using Rule::Rule;
    void field(const ast::Selection& selection, const NamedType* parent, const Field* definition) override {
        if (parent && !definition)
            at.report("Cannot query field " + quoted(selection.name.text) + " on type " + quoted(parent->name) + ".",
                      {selection.at});
    }
};

/// Section 5.3.3.
class LeafFieldSelections : public Rule {
    using Rule::Rule;
    void field(const ast::Selection& selection, const NamedType*, const Field* definition) override {
        if (!definition) return;
        const auto type = quoted(to_string(definition->type));
        if (definition->type.named->is_leaf() && selection.has_set)
            at.report(
                "Field " + quoted(selection.name.text) + " must not have a selection since type " + type + " has no subfields.",
                {selection.set.at});
        if (definition->type.named->is_composite() && !selection.has_set)
            at.report("Field " + quoted(selection.name.text) + " of type " + type + " must have a selection of subfields.",
                      {selection.at});
    }
};

/// Sections 5.4.1 to 5.4.3, for fields and directives alike.
class ArgumentRules : public Rule {
    using Rule::Rule;
    void field(const ast::Selection& selection, const NamedType* parent, const Field* definition) override {
        unique(selection.arguments);
        if (!definition) return;
        const auto owner = "field \"" + (parent ? parent->name + "." : std::string{}) + definition->name + "\"";
        names(selection.arguments, definition->arguments, owner);
        required(selection.arguments, definition->arguments, owner, selection.at);
    }
    void directive(const ast::Directive& directive, const Directive* definition) override {
        unique(directive.arguments);
        if (!definition) return;
        const auto owner = "directive \"@" + definition->name + "\"";
        names(directive.arguments, definition->arguments, owner);
        required(directive.arguments, definition->arguments, owner, directive.at);
    }

    /// 5.4.2
    void unique(const std::vector<ast::Argument>& given) {
        if (given.size() < 2) return;
        std::map<std::string_view, ast::Position> seen;
        for (const auto& argument : given) {
            const auto [first, is_new] = seen.emplace(argument.name.text, argument.name.at);
            if (!is_new)
                at.report("There can be only one argument named " + quoted(argument.name.text) + ".",
                          {first->second, argument.name.at});
        }
    }
    /// 5.4.1
    void names(const std::vector<ast::Argument>& given, const std::vector<InputField>& definitions, const std::string& owner) {
        for (const auto& argument : given) {
            bool is_known = false;
            for (const auto& definition : definitions) is_known = is_known || definition.name == argument.name.text;
            if (!is_known) at.report("Unknown argument " + quoted(argument.name.text) + " on " + owner + ".", {argument.name.at});
        }
    }
    /// 5.4.3
    void required(const std::vector<ast::Argument>& given, const std::vector<InputField>& definitions, const std::string& owner,
                  ast::Position place) {
        for (const auto& definition : definitions) {
            if (!definition.is_required()) continue;
            bool is_given = false;
            for (const auto& argument : given) is_given = is_given || definition.name == argument.name.text;
            if (!is_given)
                at.report("Argument " + quoted(definition.name) + " of type " + quoted(to_string(definition.type)) +
                              " is required on " + owner + ", but it was not provided.",
                          {place});
        }
    }
};

}  // namespace

void add_field_rules(Examination& at, Rules& rules) {
    rules.push_back(std::make_unique<FieldSelections>(at));
    rules.push_back(std::make_unique<LeafFieldSelections>(at));
    rules.push_back(std::make_unique<ArgumentRules>(at));
}

}  // namespace vivi::graphql
