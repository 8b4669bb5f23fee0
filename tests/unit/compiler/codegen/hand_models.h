// SPDX-License-Identifier: MIT
// Modules built by hand, so that codegen is tested without the stages before it.
#pragma once

#include "../../../../runtime/abi/kernel_abi.h"
#include "ir/builder.h"
#include "ir/ir.h"

#include <string>
#include <vector>

namespace hhc::testing {

inline ir::FieldId add_field(ir::Module& module, const std::string& name,
                             ir::Storage storage = ir::Storage::Real) {
    ir::Field field;
    field.name = name;
    field.storage = storage;
    return module.fields.push_back(field);
}

inline ir::UniformId add_uniform(ir::Module& module, const std::string& name, double value) {
    ir::Uniform uniform;
    uniform.name = name;
    uniform.default_value = value;
    uniform.role = HHK_PARAMETER;
    return module.uniforms.push_back(uniform);
}

/// Squid axon, staggered exponential Euler, volts and seconds, threshold and refractory v > 0.
class SquidAxon {
public:
    explicit SquidAxon(std::uint32_t real_size = 8) {
        module.name = "Squid";
        module.real_size = real_size;
        v_ = add_field(module, "v");
        m_ = add_field(module, "na.m");
        h_ = add_field(module, "na.h");
        n_ = add_field(module, "k.n");
        current_ = add_field(module, "I");
        last_ = add_field(module, "lastspike", ir::Storage::Step);
        free_ = add_field(module, "not_refractory", ir::Storage::Boolean);
        for (const auto& [name, value] :
             std::vector<std::pair<std::string, double>>{{"na.g", 1200},
                                                         {"k.g", 360},
                                                         {"leak.g", 3},
                                                         {"na.E", 0.05},
                                                         {"k.E", -0.077},
                                                         {"leak.E", -0.054387},
                                                         {"C", 0.01}}) {
            uniforms_.push_back(add_uniform(module, name, value));
        }
        spike_ = module.events.push_back({"spike", true, true});
        module.kernels.emplace_back();
        advance(module.kernels.back());
        module.kernels.emplace_back();
        on_spike(module.kernels.back());
    }

    ir::Module module;

private:
    void advance(ir::Kernel& kernel);
    void on_spike(ir::Kernel& kernel);

    ir::FieldId v_, m_, h_, n_, current_, last_, free_;
    std::vector<ir::UniformId> uniforms_;
    ir::EventId spike_;
};

inline void SquidAxon::advance(ir::Kernel& kernel) {
    kernel.kind = ir::KernelKind::Advance;
    kernel.name = "advance";
    ir::Builder b(module, kernel);
    const auto real = [&](double x) { return b.real(x); };
    const auto v = b.load(v_);
    const auto m = b.load(m_);
    const auto h = b.load(h_);
    const auto n = b.load(n_);
    std::vector<ir::ValueId> u;
    for (const auto id : uniforms_) {
        u.push_back(b.uniform(id));
    }
    const auto dt = b.dt();
    // dv/dt = (sum g E + I - v sum g)/C
    const auto m3 = b.mul(b.mul(m, m), m);
    const auto n2 = b.mul(n, n);
    const auto g_na = b.name(b.mul(b.mul(u[0], m3), h), "g_na");
    const auto g_k = b.name(b.mul(u[1], b.mul(n2, n2)), "g_k");
    const auto g = b.name(b.add(b.add(g_na, g_k), u[2]), "g");
    const auto gE = b.fma(g_na, u[3], b.fma(g_k, u[4], b.fma(u[2], u[5], b.load(current_))));
    const auto slope = b.div(real(1), u[6]);
    const auto a = b.neg(b.mul(g, slope));
    const auto rate = b.mul(b.fma(b.neg(g), v, gE), slope);
    const auto z = b.mul(a, dt);
    const auto v1 = b.name(b.fma(b.mul(dt, rate), b.math(ir::MathOp::Exprel, z), v), "v");
    // x' = x + (inf - x)(1 - exp(-dt (alpha + beta)))
    const auto gate = [&](ir::ValueId x, ir::ValueId alpha, ir::ValueId beta) {
        const auto sum = b.add(alpha, beta);
        const auto inf = b.div(alpha, sum);
        const auto decay = b.exp(b.mul(b.neg(dt), sum));
        return b.fma(b.sub(x, inf), decay, inf);
    };
    const auto mv = [&](double offset, double k) { // (v + offset)/k, in volt
        return b.mul(b.add(v1, real(offset * 1e-3)), real(1e3 / k));
    };
    const auto alpha_m =
        b.name(b.mul(real(1000), b.math(ir::MathOp::InvExprel, mv(40, -10))), "alpha_m");
    const auto beta_m = b.name(b.mul(real(4000), b.exp(mv(65, -18))), "beta_m");
    const auto alpha_h = b.name(b.mul(real(70), b.exp(mv(65, -20))), "alpha_h");
    const auto beta_h = b.name(b.div(real(1000), b.add(real(1), b.exp(mv(35, -10)))), "beta_h");
    const auto alpha_n =
        b.name(b.mul(real(100), b.math(ir::MathOp::InvExprel, mv(55, -10))), "alpha_n");
    const auto beta_n = b.name(b.mul(real(125), b.exp(mv(65, -80))), "beta_n");
    b.store(v_, v1);
    b.store(m_, b.name(gate(m, alpha_m, beta_m), "m"));
    b.store(h_, b.name(gate(h, alpha_h, beta_h), "h"));
    b.store(n_, b.name(gate(n, alpha_n, beta_n), "n"));
    const auto free = b.logical_or(b.load(free_), b.logical_not(b.greater(v, real(0))));
    const auto spike = b.logical_and(free, b.greater(v1, real(0)));
    b.store(free_, b.logical_and(free, b.logical_not(spike)));
    b.event(spike_, spike);
    b.guard(v1);
}

inline void SquidAxon::on_spike(ir::Kernel& kernel) {
    kernel.kind = ir::KernelKind::OnEvent;
    kernel.name = "on_spike";
    kernel.event = spike_;
    ir::Builder b(module, kernel);
    b.store(last_, b.step());
}

} // namespace hhc::testing
