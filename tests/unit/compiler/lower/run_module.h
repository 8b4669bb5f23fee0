// SPDX-License-Identifier: MIT
// Runs a module for one entity by walking its values, one step as the runtime does it.
#pragma once

#include "abi/kernel_abi.h"
#include "ir/evaluate.h"
#include "ir/ir.h"
#include "support/check.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace hhc::lower::test {

class Runner {
public:
    std::vector<double> fields, uniforms;
    std::vector<bool> happened; // events of the last step
    std::int64_t step = 0;
    double dt;
    std::uint64_t seed = 1;
    std::int64_t entity = 0;

    Runner(const ir::Module& module, double dt_s) : dt(dt_s), module_(module) {
        for (const ir::Field& field : module.fields) {
            fields.push_back(field.default_value);
        }
        for (const ir::Uniform& uniform : module.uniforms) {
            uniforms.push_back(uniform.default_value);
        }
        happened.resize(module.events.size());
    }

    double& operator[](const std::string& name) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (module_.fields.raw()[i].name == name) {
                return fields[i];
            }
        }
        for (std::size_t i = 0; i < uniforms.size(); ++i) {
            if (module_.uniforms.raw()[i].name == name) {
                return uniforms[i];
            }
        }
        throw std::runtime_error("no variable " + name);
    }

    void prepare() {
        run(ir::KernelKind::Prepare);
        run(ir::KernelKind::PrepareEntities);
    }
    /// prepare, then initial values of everything that has some.
    void start() {
        prepare();
        set_flags("init:", 1);
        run(ir::KernelKind::Init);
        set_flags("init:", 0);
    }
    void half_step() {
        set_flags("stagger:", 1);
        run(ir::KernelKind::HalfStep);
        set_flags("stagger:", 0);
    }
    /// One step; true if event 0 happened.
    bool advance() {
        run(ir::KernelKind::Advance);
        for (std::size_t i = 0; i < happened.size(); ++i) {
            if (happened[i]) {
                run(ir::KernelKind::OnEvent, ir::EventId(i));
            }
        }
        ++step;
        return !happened.empty() && happened[0];
    }
    std::vector<double> run(ir::KernelKind kind, ir::EventId event = {}) {
        const ir::Kernel* kernel = module_.find(kind, event);
        return kernel == nullptr ? std::vector<double>() : run(*kernel);
    }
    [[nodiscard]] double time() const { return static_cast<double>(step) * dt; }

private:
    using Matrix = std::vector<std::vector<double>>;

    void set_flags(const std::string& prefix, double value) {
        for (std::size_t i = 0; i < uniforms.size(); ++i) {
            if (module_.uniforms.raw()[i].name.starts_with(prefix)) {
                uniforms[i] = value;
            }
        }
    }

    std::vector<double> run(const ir::Kernel& kernel) {
        std::vector<double> values(kernel.values.size());
        matrices_.clear();
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = compute(kernel.values[ir::ValueId(i)], values, i);
        }
        for (const ir::FieldStore& store : kernel.stores) {
            if (!store.mask.valid() || values[store.mask.index] != 0) {
                fields[store.field.index] = values[store.value.index];
            }
        }
        for (const ir::UniformStore& store : kernel.uniform_stores) {
            uniforms[store.uniform.index] = values[store.value.index];
        }
        for (const ir::EventOutput& output : kernel.events) {
            happened[output.event.index] = values[output.condition.index] != 0;
        }
        std::vector<double> outputs;
        for (const ir::ValueId id : kernel.outputs) {
            outputs.push_back(values[id.index]);
        }
        return outputs;
    }

    double normal(std::int64_t stream) const { // Box-Muller of two hashes
        const auto uniform = [&](std::uint64_t salt) {
            std::uint64_t x = static_cast<std::uint64_t>(stream) * 0x9e3779b97f4a7c15U +
                              static_cast<std::uint64_t>(step) * 0xbf58476d1ce4e5b9U +
                              static_cast<std::uint64_t>(entity) * 0x94d049bb133111ebU + seed +
                              salt * 0xd6e8feb86659fd93U;
            for (int round = 0; round < 3; ++round) {
                x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
                x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
                x ^= x >> 31U;
            }
            return (static_cast<double>(x >> 11U) + 0.5) * 0x1p-53;
        };
        return std::sqrt(-2 * std::log(uniform(1))) * std::cos(2 * M_PI * uniform(2));
    }

    static double math(ir::MathOp op, double x, double y) {
        switch (op) {
        case ir::MathOp::Exp:
            return std::exp(x);
        case ir::MathOp::Exprel:
            return x == 0 ? 1 : std::expm1(x) / x;
        case ir::MathOp::InvExprel:
            return x == 0 ? 1 : x / std::expm1(x);
        case ir::MathOp::Sqrt:
            return std::sqrt(x);
        case ir::MathOp::Sin:
            return std::sin(x);
        case ir::MathOp::Floor:
            return std::floor(x);
        case ir::MathOp::Abs:
            return std::abs(x);
        case ir::MathOp::Tanh:
            return std::tanh(x);
        case ir::MathOp::Pow:
            return std::pow(x, y);
        default:
            throw std::runtime_error("function not known to the test");
        }
    }

    static Matrix product(const Matrix& a, const Matrix& b) {
        Matrix c(a.size(), std::vector<double>(a.size(), 0.0));
        for (std::size_t i = 0; i < a.size(); ++i) {
            for (std::size_t k = 0; k < a.size(); ++k) {
                for (std::size_t j = 0; j < a.size(); ++j) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    /// exp by scaling and squaring of a long Taylor sum.
    static Matrix expm(Matrix a, double h) {
        const std::size_t n = a.size();
        for (auto& row : a) {
            for (double& x : row) {
                x *= h * 0x1p-12;
            }
        }
        Matrix sum(n, std::vector<double>(n, 0.0));
        for (std::size_t i = 0; i < n; ++i) {
            sum[i][i] = 1;
        }
        Matrix term = sum;
        for (int k = 1; k < 12; ++k) {
            term = product(term, a);
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    term[i][j] /= k;
                    sum[i][j] += term[i][j];
                }
            }
        }
        for (int k = 0; k < 12; ++k) {
            sum = product(sum, sum);
        }
        return sum;
    }

    static Matrix expm_integral(const Matrix& a, double h) {
        const std::size_t n = a.size();
        Matrix big(2 * n, std::vector<double>(2 * n, 0.0));
        for (std::size_t i = 0; i < n; ++i) {
            std::copy(a[i].begin(), a[i].end(), big[i].begin());
            big[i][n + i] = 1;
        }
        const Matrix whole = expm(big, h);
        Matrix result(n, std::vector<double>(n));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                result[i][j] = whole[i][n + j];
            }
        }
        return result;
    }

    double matrix(const ir::Value& value, const std::vector<double>& values, std::size_t self) {
        if (value.op == ir::Op::MatrixBuild) {
            const auto n = static_cast<std::size_t>(value.payload);
            Matrix built(n, std::vector<double>(n));
            for (std::size_t i = 0; i < n * n; ++i) {
                built[i / n][i % n] = values[value.args[i].index];
            }
            matrices_[self] = built;
            return 0;
        }
        const Matrix& source = matrices_[value.args[0].index];
        if (value.op == ir::Op::MatrixElement) {
            const auto n = static_cast<std::int64_t>(source.size());
            return source[static_cast<std::size_t>(value.payload / n)]
                         [static_cast<std::size_t>(value.payload % n)];
        }
        const double h = values[value.args[1].index];
        matrices_[self] =
            value.op == ir::Op::MatrixExp ? expm(source, h) : expm_integral(source, h);
        return 0;
    }

    double compute(const ir::Value& value, const std::vector<double>& values, std::size_t self) {
        const auto x = [&](std::size_t i) { return values[value.args[i].index]; };
        switch (value.op) {
        case ir::Op::ConstReal:
            return value.number;
        case ir::Op::ConstInt:
        case ir::Op::ConstBool:
            return static_cast<double>(value.payload);
        case ir::Op::LoadField:
            return fields[value.symbol];
        case ir::Op::LoadUniform:
            return uniforms[value.symbol];
        case ir::Op::Time:
            return time();
        case ir::Op::TimeStep:
            return dt;
        case ir::Op::StepCount:
            return static_cast<double>(step);
        case ir::Op::EntityIndex:
            return static_cast<double>(entity);
        case ir::Op::EntityCount:
            return 1;
        case ir::Op::Add:
            return x(0) + x(1);
        case ir::Op::Sub:
            return x(0) - x(1);
        case ir::Op::Mul:
            return x(0) * x(1);
        case ir::Op::Div:
            return x(0) / x(1);
        case ir::Op::Neg:
            return -x(0);
        case ir::Op::Fma:
            return std::fma(x(0), x(1), x(2));
        case ir::Op::FloorDiv:
            return std::floor(x(0) / x(1));
        case ir::Op::Mod:
            return x(0) - x(1) * std::floor(x(0) / x(1));
        case ir::Op::PowInt:
            return ir::powi_real(x(0), value.payload);
        case ir::Op::Math:
            return math(static_cast<ir::MathOp>(value.symbol), x(0),
                        value.args.size() > 1 ? x(1) : 0.0);
        case ir::Op::Less:
        case ir::Op::LessEqual:
        case ir::Op::Greater:
        case ir::Op::GreaterEqual:
        case ir::Op::Equal:
        case ir::Op::NotEqual:
            return ir::compare_real(value.op, x(0), x(1)) ? 1 : 0;
        case ir::Op::And:
            return x(0) != 0 && x(1) != 0 ? 1 : 0;
        case ir::Op::Or:
            return x(0) != 0 || x(1) != 0 ? 1 : 0;
        case ir::Op::Not:
            return x(0) == 0 ? 1 : 0;
        case ir::Op::Select:
            return x(0) != 0 ? x(1) : x(2);
        case ir::Op::RealToInt:
            return std::trunc(x(0));
        case ir::Op::IntToReal:
        case ir::Op::BoolToReal:
        case ir::Op::BoolToInt:
            return x(0);
        case ir::Op::IntToBool:
            return x(0) != 0 ? 1 : 0;
        case ir::Op::Random:
            return normal(value.payload);
        case ir::Op::Table:
            return table ? table(x(0)) : 0.0;
        default:
            return matrix(value, values, self);
        }
    }

public:
    std::function<double(double)> table;

private:
    const ir::Module& module_;
    std::map<std::size_t, Matrix> matrices_;
};

} // namespace hhc::lower::test
