// SPDX-License-Identifier: MIT
// Runs a module for one entity in the interpreter, one step as the runtime does it.
#pragma once

#include "abi/kernel_abi.h"
#include "interp/interpreter.h"
#include "ir/ir.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace hhc::lower::test {

class Runner {
public:
    std::int64_t step = 0;
    std::uint64_t seed = 1;

    Runner(const ir::Module& module, double dt_s)
        : interpreter_(module), module_(interpreter_.module()), dt_(dt_s),
          slab_(module_.fields.size() * stride), bits_(module_.events.size()) {
        for (std::size_t f = 0; f < module_.fields.size(); ++f) {
            offsets_.push_back(static_cast<std::int64_t>(f * stride));
            set(f, module_.fields.raw()[f].default_value);
        }
        for (const ir::Uniform& uniform : module_.uniforms) {
            uniforms_.push_back(uniform.default_value);
        }
        for (std::uint64_t& word : bits_) {
            event_bits_.push_back(&word);
        }
    }

    [[nodiscard]] double get(const std::string& name) const {
        for (std::size_t u = 0; u < uniforms_.size(); ++u) {
            if (module_.uniforms.raw()[u].name == name) {
                return uniforms_[u];
            }
        }
        const std::size_t f = field(name);
        switch (module_.fields.raw()[f].storage) {
        case ir::Storage::Real:
            return read<double>(f);
        case ir::Storage::Integer:
            return read<std::int32_t>(f);
        case ir::Storage::Boolean:
            return read<std::uint8_t>(f);
        case ir::Storage::Step:
            break;
        }
        return static_cast<double>(read<std::int64_t>(f));
    }
    void set(const std::string& name, double value) {
        for (std::size_t u = 0; u < uniforms_.size(); ++u) {
            if (module_.uniforms.raw()[u].name == name) {
                uniforms_[u] = value;
                return;
            }
        }
        set(field(name), value);
    }

    void prepare() {
        run(ir::KernelKind::Prepare);
        run(ir::KernelKind::PrepareEntities);
    }
    /// prepare, then initial values of everything that has some and is not among `assigned`.
    void start(const std::vector<std::string>& assigned = {}) {
        prepare();
        set_flags("init:", 1);
        for (const std::string& name : assigned) {
            set("init:" + name, 0);
        }
        run(ir::KernelKind::Init);
        set_flags("init:", 0);
    }
    /// Moves every staggered state.
    void half_step() {
        set_flags("stagger:", 1);
        run(ir::KernelKind::HalfStep);
        set_flags("stagger:", 0);
    }
    /// One step; true if event 0 happened.
    bool advance() {
        std::fill(bits_.begin(), bits_.end(), 0);
        run(ir::KernelKind::Advance);
        for (std::size_t e = 0; e < bits_.size(); ++e) {
            if ((bits_[e] & 1U) != 0) {
                run(ir::KernelKind::OnEvent, ir::EventId(e));
            }
        }
        ++step;
        return !bits_.empty() && (bits_[0] & 1U) != 0;
    }
    std::vector<double> run(ir::KernelKind kind, ir::EventId event = {}) {
        const ir::Kernel* kernel = module_.find(kind, event);
        if (kernel == nullptr) {
            return {};
        }
        std::vector<double> outputs(kernel->outputs.size());
        std::vector<double*> places;
        for (double& output : outputs) {
            places.push_back(&output);
        }
        hhk_context context{};
        context.size = sizeof context;
        context.model = interpreter_.model();
        context.slab = slab_.data();
        context.offsets = offsets_.data();
        context.uniforms = uniforms_.data();
        context.event_bits = event_bits_.data();
        context.count = 1;
        context.step = step;
        context.t = static_cast<double>(step) * dt_;
        context.dt = dt_;
        context.seed = seed;
        context.outputs = places.data();
        if (kind == ir::KernelKind::Prepare) {
            interpreter_.prepare(context);
        } else {
            hhk_block block{};
            block.end = 1;
            block.event = event.valid() ? static_cast<std::int32_t>(event.index) : 0;
            interpreter_.run(*kernel, context, block);
        }
        return outputs;
    }

private:
    static constexpr std::size_t stride = HHK_PADDING * sizeof(double);

    [[nodiscard]] std::size_t field(const std::string& name) const {
        for (std::size_t f = 0; f < module_.fields.size(); ++f) {
            if (module_.fields.raw()[f].name == name) {
                return f;
            }
        }
        throw std::runtime_error("no variable " + name);
    }
    template <class T> [[nodiscard]] T read(std::size_t f) const {
        T value;
        std::memcpy(&value, slab_.data() + f * stride, sizeof value);
        return value;
    }
    template <class T> void write(std::size_t f, double value) {
        const T typed = static_cast<T>(value);
        std::memcpy(slab_.data() + f * stride, &typed, sizeof typed);
    }
    void set(std::size_t f, double value) {
        switch (module_.fields.raw()[f].storage) {
        case ir::Storage::Real:
            return write<double>(f, value);
        case ir::Storage::Integer:
            return write<std::int32_t>(f, value);
        case ir::Storage::Boolean:
            return write<std::uint8_t>(f, value);
        case ir::Storage::Step:
            return write<std::int64_t>(f, value);
        }
    }
    void set_flags(const std::string& prefix, double value) {
        for (std::size_t u = 0; u < uniforms_.size(); ++u) {
            if (module_.uniforms.raw()[u].name.starts_with(prefix)) {
                uniforms_[u] = value;
            }
        }
    }

    interp::Interpreter interpreter_;
    const ir::Module& module_;
    double dt_;
    std::vector<char> slab_;
    std::vector<std::int64_t> offsets_;
    std::vector<double> uniforms_;
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint64_t*> event_bits_;
};

} // namespace hhc::lower::test
