// SPDX-License-Identifier: MIT
// Branched cables: populations whose entities are the compartments of cells.
#pragma once

#include "hodg/export.h"
#include "hodg/population.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace hodg {

namespace cable {
class Layout;
class CableSolver;
} // namespace cable

/// The shape of a cell for the solver. Node 0 is the root; parents come before their children. A
/// node is a compartment, or a point without membrane (where sections meet).
struct CableTree {
    std::vector<std::int32_t> parent; // -1 for the root
    std::vector<double> area;         // of membrane, meter**2; 0: a point without membrane
    /// Integral of dx/(pi r**2) from the node's centre to where its parent begins, and from there
    /// to the parent's centre, 1/meter: with Ri of node and parent they give the axial resistance.
    std::vector<double> own_half;
    std::vector<double> parent_half;
};

/// Where the compartments of cells stand among the entities of a population. Cells of one shape are
/// interleaved, so that one vector holds the same compartment of several cells.
class HODG_API CableLayout {
public:
    /// `tree_of_cell` says which shape each cell has. `alone`: no cells are interleaved, each is a
    /// tile of its own. Errors HH6070.
    CableLayout(std::vector<CableTree> trees, std::vector<std::int32_t> tree_of_cell,
                bool alone = false);

    [[nodiscard]] std::int64_t entities() const;
    /// By cell, then node; points without membrane have none (-1).
    [[nodiscard]] const std::vector<std::int64_t>& entity_of() const;
    /// By entity: the (cell, node), counted as in entity_of, that it is, or repeats: entities that
    /// fill up a vector copy a real one.
    [[nodiscard]] const std::vector<std::int64_t>& stands_for() const;

    [[nodiscard]] const std::shared_ptr<cable::Layout>& layout() const { return layout_; }

private:
    std::shared_ptr<cable::Layout> layout_;
};

enum class CableScheme : std::uint8_t {
    CrankNicolson,         // second order; the first step after an assignment as four quarter steps
                           // of backward Euler
    CrankNicolsonUndamped, // the same without these (NEURON's secondorder = 2)
    TrBdf2,        // second order and damped in every step, for twice the work (Bank et al. 1985)
    BackwardEuler, // first order
    Cvode,         // variable order and step, for models compiled with method cvode; cells alone
};

/// Solves the cable equation for a population of layout.entities() compartments, whose model is a
/// cell. The value of `Ri` and the capacitance are the model's.
class HODG_API Cable {
public:
    /// Makes the population one of cables. Errors HH6071 if its model is no cell or its size wrong.
    Cable(const Population& population, const CableLayout& layout, CableScheme scheme);

    /// Of the local error of CVODE: relative, and absolute in millivolt or in the unit in which a
    /// state is declared. Default 1e-8.
    void set_tolerances(double relative, double absolute);
    /// The next step is damped, as after an assignment: a discontinuity is ahead.
    void damp();
    /// Gap junctions: compartments a[k] and b[k] (entities) through conductance g[k] siemens. Their
    /// own voltage is treated implicitly, the partner's stands as at the start of the step.
    void connect_gaps(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                      std::span<const double> g);
    /// Processes at points: entity e of `processes`, a model of currents (kind "cell" with `area`
    /// 1 m2, so that its G and I0 are in siemens and amp), acts on compartment at[e].
    void insert(const Population& processes, std::span<const std::int64_t> at);

    /// The state `name` also spreads along the cable: backward Euler after every step of the rest.
    /// `diffusivity` in meter**2/second; by entity the volume in which it stands, meter**3, and the
    /// part of the cross-section through which it spreads (of a shell less than 1).
    void diffuse(const std::string& name, double diffusivity, std::span<const double> volume,
                 std::span<const double> fraction);

private:
    std::shared_ptr<cable::CableSolver> solver_;
};

} // namespace hodg
