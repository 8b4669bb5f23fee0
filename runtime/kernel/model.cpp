// SPDX-License-Identifier: MIT
#include "hodg/model.h"

#include "abi/kernel_abi.h"
#include "kernel/kernel_table.h"
#include "kernel/variables.h"

#include <utility>

namespace hodg {

Model::Model(const hhk_model* table, std::shared_ptr<const void> owner)
    : table_(table), owner_(std::move(owner)) {
    kernel::check_model_table(table);
}

std::string_view Model::name() const {
    return table_->name;
}

std::string_view Model::description() const {
    return table_->description == nullptr ? std::string_view() : table_->description;
}

std::vector<Variable> Model::variables() const {
    std::vector<Variable> all;
    for (std::uint32_t f = 0; f < table_->field_count; ++f) {
        if (table_->fields[f].role != HHK_HIDDEN) {
            all.push_back(kernel::describe(table_->fields[f]));
        }
    }
    for (std::uint32_t u = 0; u < table_->uniform_count; ++u) {
        if (table_->uniforms[u].role != HHK_HIDDEN) {
            all.push_back(kernel::describe(table_->uniforms[u]));
        }
    }
    return all;
}

std::vector<std::string> Model::events() const {
    std::vector<std::string> names;
    for (std::uint32_t e = 0; e < table_->event_count; ++e) {
        names.emplace_back(table_->events[e].name);
    }
    return names;
}

std::vector<Table> Model::tables() const {
    std::vector<Table> all;
    for (std::uint32_t t = 0; t < table_->table_count; ++t) {
        if (table_->tables[t].hidden == 0) {
            all.push_back({table_->tables[t].name, table_->tables[t].per_entity != 0});
        }
    }
    return all;
}

} // namespace hodg
