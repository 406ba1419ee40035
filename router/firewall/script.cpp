// Lines of an nft script in the order the kernel needs them.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/script.hpp"

namespace vivi::firewall {
namespace {

std::string line(std::string_view verb, std::string_view name) { return std::string{verb}.append(" inet vivi ").append(name); }

}  // namespace

bool Script::add_set(std::string_view kind, std::string_view name, std::string_view definition, Refill refill) {
    if (!objects_.sets.insert(std::string{name}).second) return false;
    definitions_.append(line(std::string{"add "}.append(kind), name)).append(" { ").append(definition).append(" }\n");
    if (refill == Refill::Yes) flushes_.append(line(std::string{"flush "}.append(kind), name)).append("\n");
    return true;
}

void Script::chain(std::string_view name, std::string_view hook) {
    if (!objects_.chains.emplace(name, 0).second) return;
    definitions_.append(line("add chain", name));
    if (!hook.empty()) definitions_.append(" { ").append(hook).append(" }");
    definitions_.append("\n");
    flushes_.append(line("flush chain", name)).append("\n");
}

void Script::rule(std::string_view chain, std::string_view text) {
    ++objects_.chains[std::string{chain}];
    rules_.append(line("add rule", chain)).append(" ").append(text).append("\n");
}

void Script::counter(std::string_view name) {
    if (objects_.counters.emplace(name).second) definitions_.append(line("add counter", name)).append("\n");
}

void Script::limit(std::string_view name, std::string_view definition) {
    if (objects_.limits.emplace(name).second)
        definitions_.append(line("add limit", name)).append(" { ").append(definition).append(" }\n");
}

void Script::elements(std::string_view set, const std::vector<std::string>& values) {
    if (!values.empty()) elements_.append(line("add element", set)).append(" ").append(braces(values)).append("\n");
}

std::string Script::text() const { return "add table inet vivi\n" + definitions_ + flushes_ + elements_ + rules_; }

std::string braces(const std::vector<std::string>& values) {
    std::string list;
    for (const auto& value : values) list.append(list.empty() ? "{ " : ", ").append(value);
    return list + " }";
}

std::string in_quotes(std::string_view name) { return std::string{"\""}.append(name).append("\""); }

}  // namespace vivi::firewall
