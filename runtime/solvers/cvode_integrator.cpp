// SPDX-License-Identifier: MIT
#include "solvers/cvode_integrator.h"

#include "base/fail.h"

#include <algorithm>
#include <cmath>
#include <cvode/cvode.h>
#include <limits>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <vector>

namespace hodg::solvers {

static constexpr long most_steps = 1'000'000; // within one call

/// A solution that runs away asks for ever smaller steps: below this one there is no progress.
static double smallest_step(double t, double end) {
    constexpr double precision = std::numeric_limits<double>::epsilon();
    return std::max(1e-12 * (end - t), 16 * precision * std::abs(end));
}

static void check(bool condition) {
    if (!condition) {
        base::fail(base::Code::OutOfMemory, "CVODE could not be set up");
    }
}

static std::span<double> values(N_Vector vector) {
    return {NV_DATA_S(vector), static_cast<std::size_t>(NV_LENGTH_S(vector))};
}

/// CVODE's own objects. Its matrix is a name without content: the system keeps the factors.
class CvodeIntegrator::Memory {
public:
    Memory(ImplicitSystem& system, double relative, std::span<const double> absolute)
        : system_(system) {
        const auto n = static_cast<sunindextype>(system.size());
        check(SUNContext_Create(nullptr, &context_) == 0);
        y_ = N_VNew_Serial(n, context_);
        tolerances_ = N_VNew_Serial(n, context_);
        check(y_ != nullptr && tolerances_ != nullptr);
        std::ranges::fill(values(y_), 0.0);
        std::ranges::copy(absolute, values(tolerances_).begin());
        make_matrix();
        make_linear_solver();
        cvode_ = CVodeCreate(CV_BDF, context_);
        check(cvode_ != nullptr);
        CVodeSetErrHandlerFn(cvode_, say_nothing, nullptr);
        check(CVodeInit(cvode_, rhs, 0, y_) == CV_SUCCESS);
        check(CVodeSVtolerances(cvode_, relative, tolerances_) == CV_SUCCESS);
        check(CVodeSetLinearSolver(cvode_, linear_, matrix_) == CVLS_SUCCESS);
        check(CVodeSetLinSysFn(cvode_, linear_system) == CVLS_SUCCESS);
        CVodeSetUserData(cvode_, this);
        CVodeSetMaxNumSteps(cvode_, most_steps);
    }

    ~Memory() {
        CVodeFree(&cvode_);
        SUNLinSolFreeEmpty(linear_);
        SUNMatFreeEmpty(matrix_);
        N_VDestroy(tolerances_);
        N_VDestroy(y_);
        SUNContext_Free(&context_);
    }

    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    bool integrate(double t, double end, std::span<double> y, std::span<Level> levels) {
        std::ranges::copy(y, values(y_).begin());
        const bool ready = look_for(levels) && CVodeReInit(cvode_, t, y_) == CV_SUCCESS &&
                           CVodeSetStopTime(cvode_, end) == CV_SUCCESS &&
                           CVodeSetMinStep(cvode_, smallest_step(t, end)) == CV_SUCCESS;
        const int status = ready ? go_on(t, end) : CV_ILL_INPUT;
        if (status == CV_ILL_INPUT && !levels.empty()) { // it stays at a level: no crossing
            return integrate(t, end, y, {});
        }
        std::ranges::copy(values(y_), y.begin());
        return status >= 0;
    }

private:
    bool look_for(std::span<Level> levels) {
        levels_ = levels;
        for (Level& level : levels_) {
            level.time = std::numeric_limits<double>::quiet_NaN();
        }
        if (crossed_.size() == levels.size()) {
            return true;
        }
        crossed_.assign(levels.size(), 1);
        const auto count = static_cast<int>(levels.size());
        if (CVodeRootInit(cvode_, count, count > 0 ? above : nullptr) != CV_SUCCESS) {
            return false;
        }
        return count == 0 || (CVodeSetNoInactiveRootWarn(cvode_) == CV_SUCCESS &&
                              CVodeSetRootDirection(cvode_, crossed_.data()) == CV_SUCCESS);
    }

    /// To the end, stopping where levels are crossed; CVODE's status.
    int go_on(double t, double end) {
        int status = CV_ROOT_RETURN;
        while (status == CV_ROOT_RETURN) {
            double reached = t;
            status = CVode(cvode_, end, y_, &reached, CV_NORMAL);
            if (status == CV_ROOT_RETURN && CVodeGetRootInfo(cvode_, crossed_.data()) >= 0) {
                for (std::size_t k = 0; k < levels_.size(); ++k) {
                    if (crossed_[k] > 0 && std::isnan(levels_[k].time)) {
                        levels_[k].time = reached;
                    }
                }
            }
        }
        return status;
    }

    void make_matrix() {
        matrix_ = SUNMatNewEmpty(context_);
        check(matrix_ != nullptr);
        matrix_->ops->getid = [](SUNMatrix) { return SUNMATRIX_CUSTOM; };
    }

    void make_linear_solver() {
        linear_ = SUNLinSolNewEmpty(context_);
        check(linear_ != nullptr);
        linear_->content = this;
        linear_->ops->gettype = [](SUNLinearSolver) { return SUNLINEARSOLVER_DIRECT; };
        linear_->ops->getid = [](SUNLinearSolver) { return SUNLINEARSOLVER_CUSTOM; };
        linear_->ops->initialize = [](SUNLinearSolver) { return SUNLS_SUCCESS; };
        linear_->ops->setup = [](SUNLinearSolver, SUNMatrix) { return SUNLS_SUCCESS; };
        linear_->ops->solve = [](SUNLinearSolver self, SUNMatrix, N_Vector x, N_Vector b,
                                 realtype) {
            std::ranges::copy(values(b), values(x).begin());
            static_cast<Memory*>(self->content)->system_.solve(values(x));
            return SUNLS_SUCCESS;
        };
    }

    static void say_nothing(int, const char*, const char*, char*, void*) {}

    static int above(double, N_Vector y, double* differences, void* self) {
        const auto& levels = static_cast<Memory*>(self)->levels_;
        for (std::size_t k = 0; k < levels.size(); ++k) {
            differences[k] = values(y)[levels[k].variable] - levels[k].level;
        }
        return 0;
    }

    static int rhs(double t, N_Vector y, N_Vector f, void* self) { // 1: try a smaller step
        return static_cast<Memory*>(self)->system_.slopes(t, values(y), values(f)) ? 0 : 1;
    }

    static int linear_system(double t, N_Vector y, N_Vector, SUNMatrix, booleantype may_reuse,
                             booleantype* is_new, double gamma, void* self, N_Vector, N_Vector,
                             N_Vector) {
        *is_new = may_reuse ? SUNFALSE : SUNTRUE;
        auto& system = static_cast<Memory*>(self)->system_;
        return system.factor(t, values(y), gamma, may_reuse != SUNFALSE) ? 0 : 1;
    }

    ImplicitSystem& system_;
    std::span<Level> levels_;
    std::vector<int> crossed_;
    SUNContext context_ = nullptr;
    N_Vector y_ = nullptr;
    N_Vector tolerances_ = nullptr;
    SUNMatrix matrix_ = nullptr;
    SUNLinearSolver linear_ = nullptr;
    void* cvode_ = nullptr;
};

CvodeIntegrator::CvodeIntegrator(ImplicitSystem& system, double relative,
                                 std::span<const double> absolute)
    : memory_(std::make_unique<Memory>(system, relative, absolute)) {}

CvodeIntegrator::~CvodeIntegrator() = default;

bool CvodeIntegrator::integrate(double t, double end, std::span<double> y,
                                std::span<Level> levels) {
    return memory_->integrate(t, end, y, levels);
}

} // namespace hodg::solvers
