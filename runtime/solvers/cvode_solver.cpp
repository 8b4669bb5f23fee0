// SPDX-License-Identifier: MIT
#include "solvers/cvode_solver.h"

#include "base/fail.h"
#include "solvers/scratch_group.h"

#include <algorithm>
#include <cmath>
#include <cvode/cvode.h>
#include <limits>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <vector>

namespace hodg::solvers {

/// Local error: relative, and absolute in the units in which states are declared (1e-9 mV): it
/// starts anew in every step, so small errors of one sign add up. Slopes of states in single
/// precision are too rough for more than 1e-4.
static double tolerance(const hhk_model& model) {
    return model.real_size == sizeof(double) ? 1e-9 : 1e-4;
}
static constexpr long most_steps = 100'000; // within one step of the network

class CvodeSolver::Integrator {
public:
    explicit Integrator(const hhk_model& model) : group_(model), size_(group_.states().size()) {
        const auto n = static_cast<sunindextype>(size_);
        check(SUNContext_Create(nullptr, &context_) == 0);
        y_ = N_VNew_Serial(n, context_);
        tolerances_ = N_VNew_Serial(n, context_);
        matrix_ = SUNDenseMatrix(n, n, context_);
        check(y_ != nullptr && tolerances_ != nullptr && matrix_ != nullptr);
        linear_ = SUNLinSol_Dense(y_, matrix_, context_);
        memory_ = CVodeCreate(CV_BDF, context_);
        check(linear_ != nullptr && memory_ != nullptr);
        for (std::size_t i = 0; i < size_; ++i) {
            const hhk_field& field = model.fields[group_.states()[i].state];
            NV_Ith_S(tolerances_, i) = tolerance(model) * field.unit_scale;
            NV_Ith_S(y_, i) = 0;
        }
        CVodeSetErrHandlerFn(memory_, say_nothing, nullptr);
        check(CVodeInit(memory_, rhs, 0, y_) == CV_SUCCESS);
        check(CVodeSVtolerances(memory_, tolerance(model), tolerances_) == CV_SUCCESS);
        check(CVodeSetLinearSolver(memory_, linear_, matrix_) == CVLS_SUCCESS);
        if (model.jacobian != nullptr) {
            check(CVodeSetJacFn(memory_, jacobian) == CVLS_SUCCESS);
        }
        CVodeSetUserData(memory_, this);
        CVodeSetMaxNumSteps(memory_, most_steps);
    }

    ~Integrator() {
        CVodeFree(&memory_);
        SUNLinSolFree(linear_);
        SUNMatDestroy(matrix_);
        N_VDestroy(tolerances_);
        N_VDestroy(y_);
        SUNContext_Free(&context_);
    }

    Integrator(const Integrator&) = delete;
    Integrator& operator=(const Integrator&) = delete;

    void advance(const hhk_context& context, const hhk_block& block) {
        const std::int64_t end = std::min(block.end, context.count);
        for (std::int64_t first = block.begin; first < end; first += HHK_PADDING) {
            group_.take(context, first);
            for (std::int64_t lane = 0; lane < HHK_PADDING && first + lane < end; ++lane) {
                integrate(context, lane);
            }
            group_.give_back(context);
        }
    }

private:
    static void check(bool condition) {
        if (!condition) {
            base::fail(base::Code::OutOfMemory, "CVODE could not be set up");
        }
    }

    static void say_nothing(int, const char*, const char*, char*, void*) {}

    void integrate(const hhk_context& context, std::int64_t lane) {
        lane_ = lane;
        for (std::size_t i = 0; i < size_; ++i) {
            NV_Ith_S(y_, i) = group_.state(i, lane);
        }
        const double end = context.t + context.dt;
        double reached = context.t;
        bool done = CVodeReInit(memory_, context.t, y_) == CV_SUCCESS &&
                    CVodeSetStopTime(memory_, end) == CV_SUCCESS;
        done = done && CVode(memory_, end, y_, &reached, CV_NORMAL) >= 0;
        for (std::size_t i = 0; i < size_; ++i) {
            group_.set_solved(i, lane,
                              done ? NV_Ith_S(y_, i) : std::numeric_limits<double>::quiet_NaN());
        }
        for (std::size_t i = 0; i < size_; ++i) { // what neighbours' lanes see stays as it was
            group_.restore(i, lane);
        }
    }

    void put(double t, N_Vector y) {
        for (std::size_t i = 0; i < size_; ++i) {
            group_.set_state(i, lane_, NV_Ith_S(y, i));
        }
        group_.set_time(t);
    }

    static int rhs(double t, N_Vector y, N_Vector slopes, void* self) {
        auto& that = *static_cast<Integrator*>(self);
        that.put(t, y);
        that.group_.call_rhs();
        bool finite = true;
        for (std::size_t i = 0; i < that.size_; ++i) {
            NV_Ith_S(slopes, i) = that.group_.output(i, that.lane_);
            finite = finite && std::isfinite(NV_Ith_S(slopes, i));
        }
        return finite ? 0 : 1; // 1: try a smaller step
    }

    static int jacobian(double t, N_Vector y, N_Vector, SUNMatrix matrix, void* self, N_Vector,
                        N_Vector, N_Vector) {
        auto& that = *static_cast<Integrator*>(self);
        that.put(t, y);
        that.group_.call_jacobian();
        for (std::size_t i = 0; i < that.size_; ++i) {
            for (std::size_t j = 0; j < that.size_; ++j) {
                SM_ELEMENT_D(matrix, i, j) = that.group_.output(i * that.size_ + j, that.lane_);
            }
        }
        return 0;
    }

    ScratchGroup group_;
    std::size_t size_;
    std::int64_t lane_ = 0;
    SUNContext context_ = nullptr;
    N_Vector y_ = nullptr;
    N_Vector tolerances_ = nullptr;
    SUNMatrix matrix_ = nullptr;
    SUNLinearSolver linear_ = nullptr;
    void* memory_ = nullptr;
};

CvodeSolver::CvodeSolver(const hhk_model& model)
    : integrator_(std::make_unique<Integrator>(model)) {}

CvodeSolver::~CvodeSolver() = default;

void CvodeSolver::advance(const hhk_context& context, const hhk_block& block) {
    integrator_->advance(context, block);
}

} // namespace hodg::solvers
