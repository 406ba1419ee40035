// Leading and following.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/shared_looks.hpp"

#include <bit>
#include <set>

#include "common/runtime/clock.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

void find_variables(const ast::Literal& literal, std::set<std::string_view>& found) {
    if (literal.kind == ast::Literal::Kind::Variable) found.insert(literal.raw);
    for (const auto& item : literal.items) find_variables(item, found);
}

void find_variables(const ObjectPlan& plan, std::set<std::string_view>& found) {
    for (const auto& field : plan.fields) {
        if (field.arguments != nullptr)
            for (const auto& argument : *field.arguments) find_variables(argument.value, found);
        for (const auto& below : field.below) find_variables(*below, found);
    }
}

}  // namespace

/// Ends the look when its leader does, however that is.
class SharedLooks::Leading {
public:
    Leading(Entries& entries, const std::string& key, std::shared_ptr<Entry> entry)
        : entries_{entries}, key_{key}, entry_{std::move(entry)} {}
    Leading(const Leading&) = delete;
    Leading& operator=(const Leading&) = delete;
    ~Leading() {
        entry_->has_ended = true;
        entry_->done.cancel();
        if (entry_->has_result) return;
        const auto found = entries_.find(key_);
        if (found != entries_.end() && found->second == entry_) entries_.erase(found);
    }

private:
    Entries& entries_;
    const std::string& key_;
    std::shared_ptr<Entry> entry_;
};

Task<Look> SharedLooks::join(std::string key, std::shared_ptr<const Plan> plan, std::uint64_t reason,
                             const std::function<Task<Look>()>& look) {
    forget_old();
    for (;;) {
        const auto found = entries_.find(key);
        if (found == entries_.end() || found->second->reason < reason)
            co_return co_await lead(key, std::make_shared<Entry>(co_await net::this_coro::executor, plan, reason), look);
        const auto entry = found->second;
        while (!entry->has_ended) {
            co_await entry->done.async_wait(as_value);
            const auto cancellation = co_await net::this_coro::cancellation_state;
            if (cancellation.cancelled() != net::cancellation_type::none)
                throw boost::system::system_error{net::error::operation_aborted};
        }
        if (!entry->has_result) continue;  // Its leader went away: the next one leads.
        ++shared_;
        co_return entry->result;
    }
}

Task<Look> SharedLooks::lead(const std::string& key, std::shared_ptr<Entry> entry, const std::function<Task<Look>()>& look) {
    entries_.insert_or_assign(key, entry);
    const Leading leading{entries_, key, entry};
    ++looked_;
    entry->result = co_await look();
    entry->has_result = true;
    keep(key, entry);
    co_return entry->result;
}

void SharedLooks::keep(const std::string& key, const std::shared_ptr<Entry>& entry) {
    // Nothing new: whoever looks again from here must look for himself.
    if (!entry->result.response) {
        if (const auto found = entries_.find(key); found != entries_.end() && found->second == entry) entries_.erase(found);
        return;
    }
    const auto bytes = key.size() + entry->result.response->body.size();
    kept_.push_back({.key = key, .entry = entry, .until = now() + kept_for, .bytes = bytes});
    kept_bytes_ += bytes;
    forget_old();
}

void SharedLooks::forget_old() {
    while (!kept_.empty() && (kept_.front().until <= now() || kept_bytes_ > most_kept_bytes)) {
        auto& oldest = kept_.front();
        if (const auto found = entries_.find(oldest.key); found != entries_.end() && found->second == oldest.entry)
            entries_.erase(found);
        kept_bytes_ -= oldest.bytes;
        kept_.pop_front();
    }
}

std::string shared_key(const PreparedOperation& operation) {
    std::set<std::string_view> variables;
    for (const auto& below : operation.plan->root.fields[0].below) find_variables(*below, variables);
    // Equal documents share their plan while it is cached; a plan made again only shares less.
    std::string key = std::to_string(std::bit_cast<std::uintptr_t>(operation.plan.get())) + '|';
    for (const auto name : variables) {
        key.append(name).append("=");
        append_json(key, operation.variables[name]);
        key += '|';
    }
    return key;
}

}  // namespace vivi::graphql
