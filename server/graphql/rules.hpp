// What a validation rule is: called at each node of one typed walk through the document; private to validate*.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/ast.hpp"
#include "server/graphql/error.hpp"
#include "server/graphql/schema.hpp"

namespace vivi::graphql {

/// What all rules share: what is examined, and where problems go.
class Examination {
public:
    Examination(const Schema& schema, const ast::Document& document, std::string_view source, std::size_t max_errors);

    const Schema& schema;
    const ast::Document& document;

    /// The first fragment of that name.
    const ast::Fragment* fragment(std::string_view name) const;
    void report(std::string message, std::initializer_list<ast::Position> places, std::string code = "GRAPHQL_VALIDATION_FAILED");
    bool is_full() const noexcept { return max_errors_ != 0 && errors_.size() >= max_errors_; }
    bool is_clean() const noexcept { return errors_.empty(); }
    std::vector<RequestError> take() { return std::move(errors_); }

private:
    std::string_view source_;
    std::size_t max_errors_;
    std::vector<RequestError> errors_;
    std::map<std::string_view, const ast::Fragment*> fragments_;
};

/// A type or definition is null where the document names something that does not exist; another rule reports that.
class Rule {
public:
    explicit Rule(Examination& examination) : at{examination} {}
    virtual ~Rule() = default;
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;

    virtual void document() {}
    virtual void enter(const ast::Operation&) {}
    virtual void leave(const ast::Operation&) {}
    virtual void enter(const ast::Fragment&) {}
    virtual void leave(const ast::Fragment&) {}
    virtual void field(const ast::Selection&, const NamedType* /*parent*/, const Field* /*definition*/) {}
    virtual void spread(const ast::Selection&, const NamedType* /*parent*/) {}
    virtual void inline_fragment(const ast::Selection&, const NamedType* /*parent*/, const NamedType* /*type*/) {}
    virtual void directives(const std::vector<ast::Directive>&, DirectiveLocation) {}
    virtual void directive(const ast::Directive&, const Directive* /*definition*/) {}
    /// Each argument of a field or directive, each default of a variable. `input` is the argument's definition, null for
    /// variables.
    virtual void value(const ast::Literal&, const TypeRef* /*type*/, const InputField* /*input*/) {}
    virtual void end() {}

protected:
    Examination& at;
};

using Rules = std::vector<std::unique_ptr<Rule>>;
/// Visits everything once, telling every rule.
void walk(Examination& examination, const Rules& rules);

void add_operation_rules(Examination&, Rules&);  // 5.1, 5.2
void add_field_rules(Examination&, Rules&);      // 5.3.1, 5.3.3, 5.4
void add_fragment_rules(Examination&, Rules&);   // 5.5
void add_value_rules(Examination&, Rules&);      // 5.6
void add_directive_rules(Examination&, Rules&);  // 5.7
void add_variable_rules(Examination&, Rules&);   // 5.8

void check_fragment_cycles(Examination&);     // 5.5.2.2
void check_overlapping_fields(Examination&);  // 5.3.2

inline std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

}  // namespace vivi::graphql
