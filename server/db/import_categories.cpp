// Reading the categories of the shipped lists, and the statement that brings the shared list to them.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/import_categories.hpp"

#include <algorithm>
#include <map>
#include <pqxx/except.hxx>

#include "common/runtime/text_files.hpp"
#include "server/db/arrays.hpp"
#include "server/db/connection.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view folder_of_categories = "categories/", ending = ".txt";

// The newest version of a domain holds. One replica at a time; the others then find nothing to do.
constexpr std::string_view import_sql =
    "with shipped as (select * from unnest($1::text[], $2::text[]) as s(domain, category)),"
    " known as (select distinct on (domain) domain, category, source from domain_categories order by domain, version desc),"
    " due as (select coalesce(s.domain, k.domain) as domain, s.category from shipped s full join known k using (domain)"
    " where (k.domain is null or k.source = 'shipped') and s.category is distinct from k.category)"
    " insert into domain_categories (domain, category, source) select domain, category, 'shipped' from due order by domain"
    " returning domain";

}  // namespace

std::vector<ShippedDomain> shipped_domains(const std::vector<policy::ListFile>& files) {
    std::map<std::string, std::string> by_category;
    for (const auto& file : files) {
        const std::string_view path = file.path;
        if (!path.starts_with(folder_of_categories) || !path.ends_with(ending)) continue;
        const auto name = path.substr(folder_of_categories.size(), path.size() - folder_of_categories.size() - ending.size());
        if (!name.empty() && name.find('/') == std::string_view::npos) by_category[std::string{name}] = file.text;
    }
    std::map<std::string, std::string> domains;
    for (const auto& [category, text] : by_category) {
        policy::read_list(text, policy::ListFormat::Domains,
                          [&](const policy::ListEntry& entry) { domains.try_emplace(std::string{entry.name}, category); });
    }
    std::vector<ShippedDomain> all;
    for (const auto& [domain, category] : domains) all.push_back({.domain = domain, .category = category});
    return all;
}

Result<int> import_categories(const std::string& owner_url, const std::vector<policy::ListFile>& files) {
    ArrayLiteral names, categories;
    for (const auto& [domain, category] : shipped_domains(files)) {
        names.add(std::string_view{domain});
        categories.add(std::string_view{category});
    }
    if (names.empty()) return 0;  // A folder that is not there empties no list.
    try {
        const auto connection = connect(owner_url, Deadline::Statements);
        pqxx::work work{*connection};
        Transaction transaction{work};
        transaction.run("select pg_advisory_xact_lock(hashtext('vivi.import_categories'))");
        const auto unknown = transaction.run(
            "select distinct c from unnest($1::text[]) c where not exists (select from categories where name = c)",
            categories.text());
        if (!unknown.empty()) return failed(Code::NotFound, "no category is called " + unknown[0][0].as<std::string>());
        const auto changed = transaction.run(import_sql, names.text(), categories.text());
        transaction.run(
            "update uncategorised_domains u set state = 'decided' where state = 'waiting' and category_of(domain) <> ''");
        work.commit();
        return static_cast<int>(changed.size());
    } catch (const std::exception& thrown) {
        return std::unexpected{describe(thrown).in("importing the shipped categories")};
    }
}

Result<int> import_categories(const std::string& owner_url, const std::string& folder) {
    std::vector<policy::ListFile> files;
    if (folder.empty()) return 0;
    const auto read = read_text_folder(folder, [&](std::string path, std::string text) {
        if (path.starts_with(folder_of_categories)) files.push_back({.path = std::move(path), .text = std::move(text)});
    });
    if (!read) return std::unexpected{read.error()};
    return import_categories(owner_url, files);
}

}  // namespace vivi::db
