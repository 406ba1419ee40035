// Rules about directives: section 5.7.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

/// Sections 5.7.1 to 5.7.3.
class Directives : public Rule {
    using Rule::Rule;
    void directives(const std::vector<ast::Directive>& given, DirectiveLocation location) override {
        std::map<std::string_view, ast::Position> seen;
        for (const auto& directive : given) {
            const auto* definition = at.schema.directive(directive.name.text);
            const auto name = "\"@" + std::string{directive.name.text} + "\"";
            if (!definition) {
                at.report("Unknown directive " + name + ".", {directive.at});
                continue;
            }
            if ((definition->locations & static_cast<std::uint32_t>(location)) == 0)
                at.report("Directive " + name + " may not be used on " + std::string{to_string(location)} + ".", {directive.at});
            if (definition->is_repeatable) continue;
            const auto [first, is_new] = seen.emplace(directive.name.text, directive.at);
            if (!is_new)
                at.report("The directive " + name + " can only be used once at this location.", {first->second, directive.at});
        }
    }
};

}  // namespace

void add_directive_rules(Examination& at, Rules& rules) { rules.push_back(std::make_unique<Directives>(at)); }

}  // namespace vivi::graphql
