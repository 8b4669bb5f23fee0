// SPDX-License-Identifier: MIT
// Advances a population of cables: membrane terms from the model's kernels, the linear solve, then
// everything else of the model with the new v.
#pragma once

#include "base/aligned_memory.h"
#include "cable/elimination.h"
#include "cable/layout.h"
#include "kernel/field_access.h"
#include "kernel/host_solver.h"
#include "kernel/population_state.h"

#include "hodg/cable.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hodg::cable {

/// Fault code of hhk_block: the linear system of a cable has no stable solution.
inline constexpr std::int32_t singular_fault = 3;

/// Doubles that begin on a cache line.
class AlignedDoubles {
public:
    void assign(std::size_t count);
    [[nodiscard]] double* data() { return reinterpret_cast<double*>(memory_.get()); }
    [[nodiscard]] const double* data() const { return reinterpret_cast<double*>(memory_.get()); }
    double& operator[](std::size_t i) { return data()[i]; }

private:
    std::unique_ptr<char[], base::FreeAligned> memory_;
};

class CableSolver;
class CellOde;

/// A current at a compartment that the model of the cable does not know: conductance and current
/// in siemens and amp.
struct Attachment {
    std::int64_t entity = 0;
    double per_area = 0; // 1/area of the compartment
    double conductance = 0;
    double current = 0;
};

/// A state that spreads along the cable.
struct Diffusion {
    std::string name;
    std::uint32_t field = 0;
    double diffusivity = 0;       // meter**2/second
    std::vector<double> volume;   // by entity, meter**3
    std::vector<double> fraction; // by entity, of the cross-section
};

/// Coefficients of one diffusion in one group, by node of the solver's order, then lane.
struct Spread {
    AlignedDoubles up, down, neighbours, capacity;
};

/// One tile of cells and the scratch memory of its thread.
struct Piece {
    CableSolver* owner = nullptr;
    PieceRange range;
    struct Part {
        const Group* group = nullptr;
        const SolverTree* tree = nullptr;
        AlignedDoubles up, down, neighbours, capacitance; // see Coefficients
        std::vector<Spread> spreads;                      // by diffusion
    };
    std::vector<Part> parts;
    AlignedDoubles conductance, current, factor, right, sums;
    AlignedDoubles before;  // v at the start of the step, for tr_bdf2
    AlignedDoubles nothing; // zeros
    AlignedDoubles wide;    // a row of states in single precision, see InDouble
    std::vector<Attachment> attachments;
    int damped_steps = 0;                  // to be taken as quarter steps
    std::shared_ptr<CellOde> ode;          // of CableScheme::Cvode
    std::vector<base::Crossing> crossings; // that recorders ask for
};

/// G and I0 of every compartment into the outputs of the context, with what is attached.
void membrane_terms(Piece& piece, const hhk_context& context, hhk_block& block);

/// Bounds of the local error of CVODE: relative, and absolute in millivolt or in the unit in which
/// a state is declared.
struct Tolerances {
    double relative = 1e-8;
    double absolute = 1e-8;
};

/// Processes at points of a cable.
struct Insertion {
    std::shared_ptr<kernel::PopulationState> processes;
    std::vector<std::int64_t> at;         // entity of the cable, by process
    std::vector<Attachment*> attachments; // by process
    AlignedDoubles conductance, current;
    std::uint32_t v = 0; // field of the processes
};

struct Gap {
    std::int64_t partner = 0; // entity
    double conductance = 0;
    Attachment* attachment = nullptr;
};

class CableSolver final : public kernel::HostSolver {
public:
    CableSolver(kernel::PopulationState& population, std::shared_ptr<Layout> layout,
                CableScheme scheme);

    void set_tolerances(Tolerances tolerances);
    /// The next step in quarters.
    void damp();
    /// Something jumped: damps where the scheme asks for it.
    void note_jump() {
        if (scheme_ == CableScheme::CrankNicolson) {
            damp();
        }
    }
    void connect_gaps(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                      std::span<const double> g);
    void insert(std::shared_ptr<kernel::PopulationState> processes,
                std::span<const std::int64_t> at);

    void diffuse(const std::string& name, double diffusivity, std::span<const double> volume,
                 std::span<const double> fraction);

    std::vector<kernel::HostSolver::Piece> pieces() override;
    [[nodiscard]] hhk_block_fn advance() const override { return &CableSolver::advance_piece; }
    void prepare(kernel::PopulationState& population, bool assigned, bool jumped) override;
    void jump() override { note_jump(); }
    void watch(void* piece, std::span<const base::Crossing> crossings) override;
    [[nodiscard]] bool reads_others() const override {
        return !gaps_.empty() || !insertions_.empty();
    }
    void gather(std::int64_t step) override;
    /// Where the processes that were inserted keep v, after one of their models changed.
    void find_process_fields();
    void save(const archive::Out& out) const override;
    void restore(const archive::In& in) override;

private:
    static std::int32_t advance_piece(const hhk_context* context, hhk_block* block);
    bool move_potential(cable::Piece& piece, hhk_context& context, hhk_block& block) const;
    bool solve(cable::Piece& piece, const hhk_context& context, hhk_block& block, double rate,
               bool extrapolate) const;
    bool eliminate_all(cable::Piece& piece, const hhk_context& context, hhk_block& block,
                       double rate, bool extrapolate) const;
    bool tr_bdf2(cable::Piece& piece, const hhk_context& context, hhk_block& block) const;
    void fill_coefficients(kernel::PopulationState& population, cable::Piece& piece);
    void fill_spreads(cable::Piece& piece);
    bool spread(cable::Piece& piece, const hhk_context& context, hhk_block& block) const;
    void find_fields(const hhk_model& model, const std::string& name);
    [[nodiscard]] cable::Piece& piece_of(std::int64_t entity);
    [[nodiscard]] double area_of(std::int64_t entity) const;
    void make_attachments();

    kernel::PopulationState* population_;
    std::shared_ptr<Layout> layout_;
    CableScheme scheme_;
    Tolerances tolerances_;
    std::vector<std::unique_ptr<cable::Piece>> pieces_;
    std::vector<double> area_; // by entity
    std::vector<Gap> gaps_;
    std::vector<std::int64_t> gap_at_; // entity, by gap
    std::vector<std::unique_ptr<Insertion>> insertions_;
    std::vector<Diffusion> diffusions_;
    std::uint32_t v_ = 0;       // field
    std::int32_t v_start_ = -1; // field, or none that is read
    kernel::FieldMemory v_memory_;
    bool stale_ = true; // coefficients and attachments do not follow the values yet
};

/// A population of point processes: the cable gives it v at t, and reads its currents.
class PointSolver final : public kernel::HostSolver {
public:
    PointSolver(kernel::PopulationState& population, std::weak_ptr<CableSolver> cable)
        : population_(&population), cable_(std::move(cable)) {}
    std::vector<kernel::HostSolver::Piece> pieces() override;
    [[nodiscard]] hhk_block_fn advance() const override { return &PointSolver::advance_piece; }
    void prepare(kernel::PopulationState& population, bool assigned, bool jumped) override;

    void jump() override;

private:
    static std::int32_t advance_piece(const hhk_context* context, hhk_block* block);
    kernel::PopulationState* population_;
    std::weak_ptr<CableSolver> cable_;
};

} // namespace hodg::cable
