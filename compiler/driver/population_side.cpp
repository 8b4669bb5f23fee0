// SPDX-License-Identifier: MIT
#include "driver/population_side.h"

#include "abi/kernel_abi.h"
#include "driver/compiled_model.h"
#include "driver/library_model.h"
#include "driver/source_cache.h"

#include <algorithm>
#include <string>
#include <utility>

namespace hhc::driver {

namespace {

bool is_constant(const ir::Module& module, const std::string& name) {
    const auto& fields = module.fields.raw();
    const auto field = std::ranges::find(fields, name, &ir::Field::name);
    return field != fields.end() && (field->flags & HHK_CONSTANT) != 0;
}

/// The roles that parameters have where this model runs.
model::CheckedModel settled(const CompiledModel& compiled) {
    model::CheckedModel model = compiled.checked();
    const Options& options = compiled.options();
    for (model::Variable& variable : model.variables.raw()) {
        if (variable.role == model::Role::Parameter) {
            variable.flags.constant = is_constant(compiled.module(), variable.name);
        }
        if (variable.role != model::Role::SharedParameter) {
            continue;
        }
        const auto frozen = options.freeze.find(variable.name);
        if (std::ranges::find(options.per_entity, variable.name) != options.per_entity.end()) {
            variable.role = model::Role::Parameter;
            variable.flags.constant = true;
        } else if (frozen != options.freeze.end()) {
            variable.role = model::Role::Frozen;
            if (frozen->second) {
                variable.default_value = frozen->second;
            }
        }
    }
    return model;
}

void add_side(Hasher& hasher, const SynapseSide& side) {
    if (side.model != nullptr) {
        hasher.field("model").field(identity(*side.model));
    } else if (side.table != nullptr) {
        hasher.field("table").field(side.table->name).field(side.table->description);
        for (const std::uint64_t word : side.table->interface_hash) {
            hasher.field(word);
        }
    } else {
        hasher.field("none");
    }
}

} // namespace

PopulationModel::PopulationModel(const SynapseSide& side, const Options& options,
                                 diag::Sink& sink) {
    std::uint32_t real_size = options.real_size;
    if (side.model != nullptr) {
        const CompiledModel& population = compiled(*side.model);
        model_ = settled(population);
        real_size = population.options().real_size;
    } else if (side.table != nullptr) {
        model_ = library_model(*side.table, sink);
        real_size = side.table->real_size;
    }
    if (real_size != options.real_size) {
        const auto bits = [](std::uint32_t size) { return "float" + std::to_string(8 * size); };
        sink.report(diag::Code::RealSizesDiffer, {},
                    "the synapse is in " + bits(options.real_size) + ", but `" + model_->name +
                        "` is in " + bits(real_size))
            .note("compile all models of a network with the same `dtype`");
    }
}

Hash128 synapse_key(const SynapseSource& source, const SynapseSide& pre, const SynapseSide& post,
                    const Options& options) {
    std::vector<SourceText> texts = {{"synapse"}, {source.name}};
    if (source.block != nullptr) {
        texts.push_back({identity(*source.block), "block"});
    } else {
        texts.push_back(source.equations);
    }
    for (const SynapsePathway& pathway : source.pathways) {
        texts.push_back({pathway.name});
        texts.push_back({pathway.event});
        texts.push_back({pathway.on_post ? "post" : "pre"});
        texts.push_back(pathway.statements);
        texts.push_back({pathway.order ? std::to_string(*pathway.order) : "none"});
        texts.push_back({pathway.delay ? std::to_string(*pathway.delay) : "none"});
    }
    Hasher hasher;
    hasher.field(source_key(texts, options).hex());
    add_side(hasher, pre);
    add_side(hasher, post);
    return hasher.finish();
}

} // namespace hhc::driver
