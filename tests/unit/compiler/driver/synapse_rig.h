// SPDX-License-Identifier: MIT
// A synapse between two populations without the runtime: storage, and the hooks called by hand.
#pragma once

#include "abi/kernel_abi.h"

#include "hhc/compile.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hhc::test {

inline std::string problems(const Compilation& compilation) {
    return compilation.texts ? compilation.texts->render(compilation.diagnostics, false) : "";
}

inline std::shared_ptr<Model> only_model(const Compilation& compilation) {
    if (!compilation.ok() || compilation.models.size() != 1) {
        throw std::runtime_error(problems(compilation));
    }
    return compilation.models.front();
}

inline std::size_t bytes_of(std::uint8_t type, std::uint32_t real_size) {
    switch (type) {
    case HHK_INTEGER:
        return 4;
    case HHK_BOOLEAN:
        return 1;
    case HHK_STEP:
        return 8;
    default:
        return real_size;
    }
}

/// A row of values of any stored type.
struct Row {
    std::vector<std::uint64_t> words;
    std::uint8_t type = HHK_REAL;
    std::uint32_t real_size = 8;

    Row() = default;
    Row(std::uint8_t type_, std::uint32_t real_size_, std::int64_t count)
        : words(static_cast<std::size_t>(count + 32)), type(type_), real_size(real_size_) {}
    /// Aligned as the runtime's rows are.
    [[nodiscard]] char* data() {
        const auto address = reinterpret_cast<std::uintptr_t>(words.data());
        return reinterpret_cast<char*>((address + 63) / 64 * 64);
    }
    [[nodiscard]] double get(std::int64_t i) {
        const char* at = data() + i * static_cast<std::int64_t>(bytes_of(type, real_size));
        if (type == HHK_REAL && real_size == 4) {
            float value = 0;
            std::memcpy(&value, at, sizeof(value));
            return value;
        }
        if (type == HHK_REAL) {
            double value = 0;
            std::memcpy(&value, at, sizeof(value));
            return value;
        }
        std::int64_t value = 0;
        std::memcpy(&value, at, bytes_of(type, real_size));
        return type == HHK_INTEGER ? static_cast<std::int32_t>(value) : static_cast<double>(value);
    }
    void set(std::int64_t i, double number) {
        char* at = data() + i * static_cast<std::int64_t>(bytes_of(type, real_size));
        if (type == HHK_REAL && real_size == 4) {
            const auto value = static_cast<float>(number);
            std::memcpy(at, &value, sizeof(value));
        } else if (type == HHK_REAL) {
            std::memcpy(at, &number, sizeof(number));
        } else {
            const auto value = static_cast<std::int64_t>(number);
            std::memcpy(at, &value, bytes_of(type, real_size));
        }
    }
};

/// Values of a population, set by hand; nothing of it runs.
struct Neurons {
    std::shared_ptr<Model> model;
    std::int64_t count = 0;
    std::vector<std::pair<std::string, Row>> rows;
    std::vector<std::pair<std::string, Row>> uniforms;

    Neurons(const std::string& text, std::int64_t count_, const Options& options) : count(count_) {
        model = only_model(compile_text({text, "neuron.hhm"}, options));
        const hhk_model& table = *model->code().table;
        const std::int64_t padded = (count + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING;
        for (std::uint32_t f = 0; f < table.field_count; ++f) {
            Row row(table.fields[f].type, table.real_size, padded);
            for (std::int64_t i = 0; i < padded; ++i) {
                row.set(i, table.fields[f].default_value);
            }
            rows.emplace_back(table.fields[f].name, std::move(row));
        }
        for (std::uint32_t u = 0; u < table.uniform_count; ++u) {
            Row row(HHK_REAL, 8, 1);
            row.set(0, table.uniforms[u].default_value);
            uniforms.emplace_back(table.uniforms[u].name, std::move(row));
        }
    }
    Row& row(const std::string& name) {
        for (auto* list : {&rows, &uniforms}) {
            for (auto& [known, row] : *list) {
                if (known == name) {
                    return row;
                }
            }
        }
        throw std::runtime_error("no variable " + name);
    }
};

/// Memory that begins with a cache line, as the runtime's arrays do: kernels load whole vectors.
template <class T> struct LineAllocator {
    using value_type = T;
    static constexpr std::align_val_t line{64};
    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), line));
    }
    void deallocate(T* memory, std::size_t /*count*/) noexcept { ::operator delete(memory, line); }
    friend bool operator==(LineAllocator, LineAllocator) { return true; }
};
inline constexpr std::size_t values_behind_the_end = 64; // may be read, are not used

/// The synapses between two populations, stored by source.
class SynapseRig {
public:
    SynapseRig(std::shared_ptr<Model> model, Neurons& pre, Neurons& post,
               const std::vector<std::pair<int, int>>& pairs)
        : model_(std::move(model)), code_(model_->code()), table_(*code_.table),
          count_(static_cast<std::int64_t>(pairs.size())) {
        const std::int64_t padded = (count_ + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING;
        pre_.reserve(static_cast<std::size_t>(padded) + values_behind_the_end);
        post_.reserve(static_cast<std::size_t>(padded) + values_behind_the_end);
        for (std::int64_t s = 0; s < padded; ++s) {
            const auto& pair = pairs[static_cast<std::size_t>(s < count_ ? s : count_ - 1)];
            pre_.push_back(pair.first);
            post_.push_back(pair.second);
        }
        for (std::uint32_t f = 0; f < table_.field_count; ++f) {
            const std::int64_t n = size_of(table_.fields[f].space, pre.count, post.count);
            Row row(table_.fields[f].type, table_.real_size, (n + 15) / 16 * 16);
            for (std::int64_t i = 0; i < (n + 15) / 16 * 16; ++i) {
                row.set(i, table_.fields[f].default_value);
            }
            rows_.push_back(std::move(row));
        }
        for (Row& row : rows_) { // the slab begins at null: offsets are addresses
            offsets_.push_back(reinterpret_cast<std::int64_t>(row.data()));
        }
        for (std::uint32_t u = 0; u < table_.uniform_count; ++u) {
            uniforms_.push_back(table_.uniforms[u].default_value);
        }
        for (std::uint32_t k = 0; k < table_.synapse->foreign_count; ++k) {
            const hhk_foreign& foreign = table_.synapse->foreign[k];
            Neurons& side = foreign.space == HHK_PRE ? pre : post;
            foreign_.push_back(side.row(foreign.name).data());
        }
        context_.size = sizeof(hhk_context);
        context_.model = &table_;
        context_.offsets = offsets_.data();
        context_.uniforms = uniforms_.data();
        context_.count = count_;
        context_.dt = 1e-4;
        context_.seed = 5;
        context_.random_object = 9;
        context_.pre = pre_.data();
        context_.post = post_.data();
        context_.foreign = foreign_.data();
        context_.pre_count = pre.count;
        context_.post_count = post.count;
        if (table_.prepare != nullptr) {
            table_.prepare(&context_);
        }
    }

    [[nodiscard]] const hhk_model& table() const { return table_; }
    hhk_context& context() { return context_; }
    double& uniform(const std::string& name) {
        for (std::uint32_t u = 0; u < table_.uniform_count; ++u) {
            if (table_.uniforms[u].name == name) {
                return uniforms_[u];
            }
        }
        throw std::runtime_error("no uniform " + name);
    }
    [[nodiscard]] int field(const std::string& name) const {
        for (std::uint32_t f = 0; f < table_.field_count; ++f) {
            if (table_.fields[f].name == name) {
                return static_cast<int>(f);
            }
        }
        return -1;
    }
    Row& row(const std::string& name) { return rows_.at(static_cast<std::size_t>(field(name))); }

    void set_step(std::int64_t step) {
        context_.step = step;
        context_.t = static_cast<double>(step) * context_.dt;
    }
    void sum() { by_space(table_.synapse->sum); }
    void advance() { by_space(table_.synapse->advance); }
    void init() { by_space(table_.synapse->init); }

    /// What happens at the synapses of the entities that fired.
    void deliver(const std::string& name, const std::vector<int>& entities) {
        for (std::uint32_t p = 0; p < table_.synapse->pathway_count; ++p) {
            const hhk_pathway& pathway = table_.synapse->pathways[p];
            if (pathway.name != name) {
                continue;
            }
            if (pathway.deliver != nullptr) {
                pathway.indexed != 0 ? by_items(pathway, entities) : by_ranges(pathway, entities);
            }
            if (pathway.deliver_entities != nullptr) {
                const std::vector<std::uint32_t> items(entities.begin(), entities.end());
                const hhk_range range{0, static_cast<std::int64_t>(items.size())};
                call(pathway.deliver_entities, {&range, 1, items.data()});
            }
        }
    }
    [[nodiscard]] int fault() const { return fault_; }

private:
    struct Arrivals {
        const hhk_range* ranges = nullptr;
        std::int64_t range_count = 0;
        const std::uint32_t* items = nullptr;
    };

    [[nodiscard]] std::int64_t size_of(int space, std::int64_t pre, std::int64_t post) const {
        return space == HHK_PER_PRE ? pre : space == HHK_PER_POST ? post : count_;
    }

    void call(hhk_block_fn hook, const Arrivals& arrivals, std::int64_t begin = 0,
              std::int64_t end = 0) {
        hhk_block block{};
        block.begin = begin;
        block.end = end;
        block.ranges = arrivals.ranges;
        block.range_count = arrivals.range_count;
        block.items = arrivals.items;
        hook(&context_, &block);
        fault_ = block.fault != 0 ? block.fault : fault_;
    }

    void by_space(const hhk_block_fn* hooks) {
        for (int space = 0; space < HHK_SPACES; ++space) {
            if (hooks[space] != nullptr) {
                const std::int64_t n = size_of(space, context_.pre_count, context_.post_count);
                call(hooks[space], {}, 0, (n + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING);
            }
        }
    }

    void by_ranges(const hhk_pathway& pathway, const std::vector<int>& sources) {
        std::vector<hhk_range> ranges;
        for (const int source : sources) {
            std::int64_t begin = 0;
            while (begin < count_ && pre_[static_cast<std::size_t>(begin)] != source) {
                ++begin;
            }
            std::int64_t end = begin;
            while (end < count_ && pre_[static_cast<std::size_t>(end)] == source) {
                ++end;
            }
            ranges.push_back({begin, end});
        }
        call(pathway.deliver, {ranges.data(), static_cast<std::int64_t>(ranges.size()), nullptr});
    }

    void by_items(const hhk_pathway& pathway, const std::vector<int>& entities) {
        const auto& side = pathway.space == HHK_PRE ? pre_ : post_;
        std::vector<std::uint32_t> items;
        std::vector<hhk_range> ranges;
        for (const int entity : entities) {
            const auto begin = static_cast<std::int64_t>(items.size());
            for (std::int64_t s = 0; s < count_; ++s) {
                if (side[static_cast<std::size_t>(s)] == entity) {
                    items.push_back(static_cast<std::uint32_t>(s));
                }
            }
            ranges.push_back({begin, static_cast<std::int64_t>(items.size())});
        }
        call(pathway.deliver,
             {ranges.data(), static_cast<std::int64_t>(ranges.size()), items.data()});
    }

    std::shared_ptr<Model> model_;
    Code code_;
    const hhk_model& table_;
    std::int64_t count_;
    std::vector<std::int32_t, LineAllocator<std::int32_t>> pre_, post_;
    std::vector<Row> rows_;
    std::vector<std::int64_t> offsets_;
    std::vector<double> uniforms_;
    std::vector<char*> foreign_;
    hhk_context context_{};
    int fault_ = 0;
};

} // namespace hhc::test
