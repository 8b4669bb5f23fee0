// SPDX-License-Identifier: MIT
#include "lower/propagators.h"

#include "lower/frame.h"
#include "support/check.h"

#include <algorithm>
#include <utility>

namespace hhc::lower {

using ir::ValueId;

namespace {

/// Writes the propagators of one kernel, for the population or for every entity.
class Writer {
public:
    Writer(Equations& equations, ir::KernelKind kind)
        : equations_(equations), scope_(equations.scope()),
          per_entity_(kind == ir::KernelKind::PrepareEntities) {
        auto& kernels = scope_.module().kernels;
        const auto known = std::ranges::find(kernels, kind, &ir::Kernel::kind);
        if (known != kernels.end()) { // of other equations of the same model
            kernel_ = std::move(*known);
            kernels.erase(known);
        }
        kernel_.kind = kind;
        kernel_.name = ir::text(kind);
    }

    PartPropagator write(const LinearPart& part, bool with_mean) {
        ir::Builder builder(scope_.module(), kernel_);
        Frame frame(scope_, builder);
        const Matrix free = matrix(frame, part, false);
        PartPropagator result;
        result.integral = store(builder, part, integral(builder, free), "");
        if (with_mean) {
            result.mean = store(builder, part, mean(builder, free), "mean:");
        }
        if (is_held(part)) {
            const Matrix held = matrix(frame, part, true);
            result.held_integral = store(builder, part, integral(builder, held), "held:");
            if (with_mean) {
                result.held_mean = store(builder, part, mean(builder, held), "held mean:");
            }
        }
        return result;
    }

    void finish() {
        if (!kernel_.values.empty()) {
            scope_.module().kernels.push_back(std::move(kernel_));
        }
    }

private:
    using Matrix = std::vector<std::vector<ValueId>>;

    [[nodiscard]] bool holds(StateIndex state) const {
        return equations_.variable(state).flags.unless_refractory &&
               scope_.model().refractory.has_value();
    }

    /// A state that goes on reads one that is held.
    [[nodiscard]] bool is_held(const LinearPart& part) const {
        for (std::size_t i = 0; i < part.states.size(); ++i) {
            for (std::size_t j = 0; j < part.states.size(); ++j) {
                if (part.reach[i][j] && !holds(part.states[i]) && holds(part.states[j])) {
                    return true;
                }
            }
        }
        return false;
    }

    Matrix matrix(Frame& frame, const LinearPart& part, bool held) {
        const std::size_t n = part.states.size();
        Matrix result(n, std::vector<ValueId>(n));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                const Term& entry = part.form.matrix[i][j];
                const bool zero = !entry || (held && holds(part.states[i]));
                result[i][j] = zero ? frame.builder().real(0.0) : frame.of(*entry);
            }
        }
        return result;
    }

    static ValueId build(ir::Builder& builder, const Matrix& rows) {
        std::vector<ValueId> elements;
        for (const auto& row : rows) {
            elements.insert(elements.end(), row.begin(), row.end());
        }
        return builder.matrix(static_cast<std::int64_t>(rows.size()), elements);
    }

    static Matrix integral(ir::Builder& builder, const Matrix& a) {
        const ValueId whole = builder.matrix_exp_integral(build(builder, a), builder.dt());
        Matrix result(a.size(), std::vector<ValueId>(a.size()));
        for (std::size_t i = 0; i < a.size(); ++i) {
            for (std::size_t j = 0; j < a.size(); ++j) {
                result[i][j] = builder.element(whole, static_cast<std::int64_t>(i),
                                               static_cast<std::int64_t>(j));
            }
        }
        return result;
    }

    /// (1/dt) times the integral of the integral: the corner of exp([A I 0; 0 0 I; 0 0 0] dt).
    static Matrix mean(ir::Builder& builder, const Matrix& a) {
        const std::size_t n = a.size();
        Matrix big(3 * n, std::vector<ValueId>(3 * n, builder.real(0.0)));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                big[i][j] = a[i][j];
            }
            big[i][n + i] = builder.real(1.0);
            big[n + i][2 * n + i] = builder.real(1.0);
        }
        const ValueId whole = builder.matrix_exp(build(builder, big), builder.dt());
        Matrix result(n, std::vector<ValueId>(n));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                const ValueId corner = builder.element(whole, static_cast<std::int64_t>(i),
                                                       static_cast<std::int64_t>(2 * n + j));
                result[i][j] = builder.div(corner, builder.dt());
            }
        }
        return result;
    }

    SlotMatrix store(ir::Builder& builder, const LinearPart& part, const Matrix& values,
                     const std::string& prefix) {
        const std::size_t n = part.states.size();
        SlotMatrix slots(n, std::vector<Slot>(n));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                if (!part.reach[i][j]) {
                    continue;
                }
                const std::string name = "propagator:" + prefix + equations_.name(part.states[i]) +
                                         ":" + equations_.name(part.states[j]);
                if (per_entity_) {
                    const ir::FieldId field = scope_.add_hidden_field(name);
                    builder.store(field, values[i][j]);
                    slots[i][j] = field;
                } else {
                    const ir::UniformId uniform =
                        scope_.add_hidden_uniform(name, ir::Storage::Real);
                    builder.store(uniform, values[i][j]);
                    slots[i][j] = uniform;
                }
            }
        }
        return slots;
    }

    Equations& equations_;
    Scope& scope_;
    bool per_entity_;
    ir::Kernel kernel_;
};

} // namespace

Propagators::Propagators(Equations& equations, const Plan& plan) {
    Writer run(equations, ir::KernelKind::Prepare);
    Writer entities(equations, ir::KernelKind::PrepareEntities);
    const auto add = [&](const std::vector<LinearPart>& parts, bool with_mean) {
        for (const LinearPart& part : parts) {
            PartPropagator propagator;
            if (part.states.size() > 1) {
                propagator = (part.per_entity ? entities : run).write(part, with_mean);
            }
            parts_.emplace_back(&part, std::move(propagator));
        }
    };
    add(plan.exact, false);
    add(plan.split.linear, true);
    run.finish();
    entities.finish();
}

const PartPropagator& Propagators::of(const LinearPart& part) const {
    for (const auto& [known, propagator] : parts_) {
        if (known == &part) {
            return propagator;
        }
    }
    HHC_CHECK(false, "a linear part without propagator");
}

} // namespace hhc::lower
