// SPDX-License-Identifier: MIT
// How kernels of synapses reach what they read: their own values, those of their source and target.
#include "codegen/value_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace hhc::codegen {

using ir::Op;
using ir::Space;
using ir::Value;

void ValueWriter::find_access() {
    if (kernel_->pathway.valid()) {
        const ir::Pathway& pathway = module_->pathways[kernel_->pathway];
        indexed_ = kernel_->kind == ir::KernelKind::DeliverEntities || pathway.indexed;
        if (pathway.sequential || kernel_->kind == ir::KernelKind::DeliverEntities || is_small()) {
            entity_lanes_ = Lanes::Single;
        }
    } else if (in_rounds_) {
        for (const char* name : {"target", "past", "group", "round", "first", "synapses", "sources",
                                 "all_rounds", "pre", "sum"}) {
            static_cast<void>(names_.make(name)); // of the loops: no value is called so
        }
    } else if (kernel_->kind == ir::KernelKind::Sum && kernel_->space == Space::Each &&
               is_small()) {
        entity_lanes_ = Lanes::Single;
    }
}

/// Little arithmetic between loads and scattered additions: vectors would only be taken apart.
bool ValueWriter::is_small() const {
    constexpr int most = 4;
    return is_cheap(most);
}

bool ValueWriter::mostly_gathers() const {
    constexpr int most = 16; // more, and the lanes come in the shadow of the arithmetic
    return in_rounds_ && needs_pre_ && is_cheap(most);
}

bool ValueWriter::is_cheap(int most) const {
    int operations = 0;
    for (std::size_t k = 0; k < bindings_.size(); ++k) {
        const Value& value = kernel_->values[ir::ValueId(k)];
        if (bindings_[k] != ir::Binding::Entity || value.args.empty()) {
            continue;
        }
        const bool cheap = value.op == Op::Add || value.op == Op::Sub || value.op == Op::Mul ||
                           value.op == Op::Neg || value.op == Op::Fma ||
                           (value.op >= Op::Less && value.op <= Op::BoolToInt);
        if (!cheap || ++operations > most) {
            return false;
        }
    }
    return true;
}

std::string ValueWriter::index_of(Space space) const {
    if (kernel_->space != Space::Each) {
        return {};
    }
    switch (space) {
    case Space::Pre:
    case Space::PerPre:
        return "pre";
    case Space::Post:
    case Space::PerPost:
        return "post";
    case Space::Each:
        break;
    }
    return {};
}

void ValueWriter::name_foreign() {
    foreign_pointers_.resize(module_->foreign.size());
    const auto need = [&](std::uint32_t symbol) {
        const ir::Foreign& foreign = module_->foreign[ir::ForeignId(symbol)];
        if (foreign_pointers_[symbol].empty()) {
            const char* side = foreign.space == Space::Pre ? "_pre_at" : "_post_at";
            foreign_pointers_[symbol] = names_.make(foreign.name + side);
        }
    };
    const auto place = [&](Space space) {
        const std::string index = index_of(space);
        needs_pre_ = needs_pre_ || index == "pre";
        needs_post_ = needs_post_ || index == "post";
    };
    for (std::size_t k = 0; k < live_.size(); ++k) {
        const Value& value = kernel_->values[ir::ValueId(k)];
        if (!live_[k]) {
            continue;
        }
        if (value.op == Op::LoadForeign) {
            need(value.symbol);
            place(module_->foreign[ir::ForeignId(value.symbol)].space);
        } else if (value.op == Op::LoadField) {
            place(module_->fields[ir::FieldId(value.symbol)].space);
        } else if (value.op == Op::PreIndex) {
            place(Space::Pre);
        } else if (value.op == Op::PostIndex) {
            place(Space::Post);
        }
    }
    for (const ir::FieldStore& store : kernel_->stores) {
        place(module_->fields[store.field].space);
    }
    for (const ir::ForeignStore& store : kernel_->foreign_stores) {
        need(store.foreign.index);
        place(module_->foreign[store.foreign].space);
    }
}

std::string ValueWriter::load_from(const std::string& pointer, ir::Storage storage, Space space,
                                   Lanes lanes) const {
    const bool boolean = storage == ir::Storage::Boolean;
    if (kernel_->space != Space::Each && space == Space::Each) { // the same in all synapses
        return fmt::format("hhk_all(static_cast<double>({}[0]))", pointer);
    }
    std::string index = index_of(space);
    if (lanes != Lanes::Vector) {
        return fmt::format("{}[{}]{}", pointer, index.empty() ? "i" : index,
                           boolean ? " != 0" : "");
    }
    if (index.empty() && !indexed_) {
        return fmt::format("{}({} + i)", boolean ? "hhk_load_mask" : "hhk_load", pointer);
    }
    if (in_rounds_ && index == "post") {
        return fmt::format("{}({} + target)", boolean ? "hhk_load_mask" : "hhk_load", pointer);
    }
    if (index.empty()) {
        index = "at";
    }
    if (in_rounds_ && storage == ir::Storage::Real) {
        return fmt::format("{}({}, context->pre + i, sources)",
                           mostly_gathers() ? "hhk_gather_row_alone" : "hhk_gather_row", pointer);
    }
    if (storage == ir::Storage::Real) {
        return fmt::format("hhk_gather({}, {})", pointer, index);
    }
    const std::string whole = fmt::format("hhk_gather_int({}, {})", pointer, index);
    return boolean ? fmt::format("hhk_ne({}, Int(0))", whole) : whole;
}

} // namespace hhc::codegen
