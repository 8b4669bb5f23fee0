// SPDX-License-Identifier: MIT
#include "cable/solver.h"

#include "archive/archive.h"
#include "base/fail.h"
#include "cable/cell_ode.h"
#include "cable/coupling.h"
#include "cable/in_double.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace hodg::cable {

using base::Code;
using base::fail;
using kernel::PopulationState;

static constexpr int quarter_steps = 4;

void AlignedDoubles::assign(std::size_t count) {
    memory_ = base::allocate_aligned(count * sizeof(double));
}

CableSolver::CableSolver(PopulationState& population, std::shared_ptr<Layout> layout,
                         CableScheme scheme)
    : population_(&population), layout_(std::move(layout)), scheme_(scheme),
      area_(static_cast<std::size_t>(layout_->entities()), 0.0) {
    for (const PieceRange& range : layout_->pieces()) {
        auto piece = std::make_unique<cable::Piece>();
        piece->owner = this;
        piece->range = range;
        std::size_t nodes = 0;
        std::size_t sums = 0;
        for (std::size_t g = range.first_group; g < range.last_group; ++g) {
            const Group& group = layout_->groups()[g];
            cable::Piece::Part part;
            part.group = &group;
            part.tree = &layout_->order(group);
            const std::size_t size = part.tree->node.size() * static_cast<std::size_t>(group.lanes);
            for (AlignedDoubles* array :
                 {&part.up, &part.down, &part.neighbours, &part.capacitance}) {
                array->assign(size);
            }
            nodes = std::max(nodes, size);
            sums = std::max(sums, static_cast<std::size_t>(2 * part.tree->sums * group.lanes));
            piece->parts.push_back(std::move(part));
        }
        piece->conductance.assign(static_cast<std::size_t>(range.end - range.begin));
        piece->current.assign(static_cast<std::size_t>(range.end - range.begin));
        piece->before.assign(static_cast<std::size_t>(range.end - range.begin));
        piece->wide.assign(static_cast<std::size_t>(range.end - range.begin));
        piece->nothing.assign(static_cast<std::size_t>(range.end - range.begin));
        std::fill_n(piece->nothing.data(), range.end - range.begin, 0.0);
        piece->factor.assign(nodes);
        piece->right.assign(nodes);
        piece->sums.assign(sums);
        pieces_.push_back(std::move(piece));
    }
}

std::vector<kernel::HostSolver::Piece> CableSolver::pieces() {
    std::vector<kernel::HostSolver::Piece> result;
    for (const auto& piece : pieces_) {
        result.push_back({piece->range.begin, piece->range.end, piece.get()});
    }
    return result;
}

void CableSolver::set_tolerances(Tolerances tolerances) {
    tolerances_ = tolerances;
    stale_ = true;
}

void CableSolver::damp() {
    for (const auto& piece : pieces_) {
        piece->damped_steps = 1;
    }
}

// ---- Before a run -------------------------------------------------------------------------------

void CableSolver::find_fields(const hhk_model& model, const std::string& name) {
    v_ = kernel::find_field(model, "v", name);
    v_start_ = -1;
    for (Diffusion& one : diffusions_) {
        one.field = kernel::find_field(model, one.name, name);
    }
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (std::strcmp(model.fields[f].name, "v:start") == 0) {
            v_start_ = static_cast<std::int32_t>(f);
        }
    }
}

/// Refuses values that must be positive; `where` are the compartments that have one.
template <class Value>
static void require_positive(const std::string& what, const char* unit,
                             const std::vector<std::int64_t>& where, Value value) {
    const auto wrong = [&](std::int64_t entity) {
        return !(value(entity) > 0) || !std::isfinite(value(entity));
    };
    const auto first = std::find_if(where.begin(), where.end(), wrong);
    if (first == where.end()) {
        return;
    }
    const auto others = std::count_if(std::next(first), where.end(), wrong);
    fail(Code::BadCable,
         fmt::format("{} is {} {} in compartment {}{}", what, value(*first), unit, *first,
                     others == 0 ? "" : fmt::format(", and wrong in {} more", others)),
         "it must be positive");
}

/// Conductances between nodes, from the shape and the Ri of the compartments.
void CableSolver::fill_coefficients(PopulationState& population, cable::Piece& piece) {
    const hhk_context& context = population.context();
    const hhk_model& model = population.table();
    const kernel::Place place = kernel::find_variable(model, "Ri", population.name());
    const bool shared = place.kind == kernel::Place::Kind::Uniform;
    const kernel::FieldMemory memory =
        shared ? kernel::FieldMemory{} : population.field(place.index);
    const auto axial_resistance = [&](std::int64_t entity) {
        return shared ? context.uniforms[place.index] : memory.read(entity);
    };
    const auto capacitance = [&](std::int64_t entity) {
        return piece.current.data()[entity - piece.range.begin];
    };
    std::vector<std::int64_t> compartments;
    for (const cable::Piece::Part& part : piece.parts) {
        const EntityOf entity(part);
        for (const std::int32_t node : part.tree->node) {
            for (std::size_t lane = 0; lane < static_cast<std::size_t>(part.group->lanes); ++lane) {
                if (entity(node, lane) >= 0) {
                    compartments.push_back(entity(node, lane));
                }
            }
        }
    }
    std::sort(compartments.begin(), compartments.end());
    require_positive("the axial resistance `Ri` of `" + population.name() + "`", "ohm meter",
                     compartments, axial_resistance);
    require_positive("the membrane capacitance of `" + population.name() + "`", "F/m**2",
                     compartments, capacitance);
    for (cable::Piece::Part& part : piece.parts) {
        const CableTree& shape = layout_->tree(part.group->tree);
        const auto lanes = static_cast<std::size_t>(part.group->lanes);
        const EntityOf entity(part);
        std::vector<double> scale(part.tree->node.size() * lanes);
        for (std::size_t k = 0; k < part.tree->node.size(); ++k) {
            const auto node = static_cast<std::size_t>(part.tree->node[k]);
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const std::size_t at = k * lanes + lane;
                const std::int64_t own = entity(part.tree->node[k], lane);
                part.capacitance[at] = 0;
                scale[at] = 1;
                if (own < 0) {
                    continue;
                }
                area_[static_cast<std::size_t>(own)] = shape.area[node];
                part.capacitance[at] = capacitance(own);
                scale[at] = shape.area[node];
            }
        }
        couple(part, shape, axial_resistance, part.up.data(), part.neighbours.data());
        normalise(*part.tree, lanes, scale.data(), part.up.data(), part.down.data(),
                  part.neighbours.data());
    }
}

void CableSolver::prepare(PopulationState& population, bool assigned, bool jumped) {
    if (!assigned && !stale_) {
        return;
    }
    stale_ = false;
    population_ = &population;
    find_fields(population.table(), population.name());
    v_memory_ = population.field(v_);
    for (const auto& piece : pieces_) {
        hhk_context context = population.context();
        // the capacitance per area; what follows is of no use here
        std::vector<double*> outputs(1 + solvers::solved_states(population.table()).size(),
                                     piece->conductance.data() - piece->range.begin);
        outputs[0] = piece->current.data() - piece->range.begin;
        context.outputs = outputs.data();
        hhk_block block{};
        block.begin = piece->range.begin;
        block.end = piece->range.end;
        population.table().rhs(&context, &block);
        fill_coefficients(population, *piece);
        fill_spreads(*piece);
        if (scheme_ == CableScheme::Cvode) { // anew, for the model may be another one now
            piece->ode = std::make_shared<CellOde>(population.table(), *piece, v_, tolerances_);
        }
    }
    if (jumped) {
        note_jump();
    }
    make_attachments();
}

void CableSolver::watch(void* piece, std::span<const base::Crossing> crossings) {
    static_cast<cable::Piece*>(piece)->crossings.assign(crossings.begin(), crossings.end());
}

/// Steps that are still to be damped, by piece.
void CableSolver::save(const archive::Out& out) const {
    std::vector<std::int32_t> damped;
    for (const auto& piece : pieces_) {
        damped.push_back(piece->damped_steps);
    }
    out.put("damped", damped);
}

void CableSolver::restore(const archive::In& in) {
    const auto damped = in.get<std::int32_t>("damped", pieces_.size());
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        pieces_[p]->damped_steps = damped[p] != 0 ? 1 : 0;
    }
    stale_ = true;
}

// ---- One step -----------------------------------------------------------------------------------

void membrane_terms(cable::Piece& piece, const hhk_context& context, hhk_block& block) {
    const std::int64_t begin = piece.range.begin;
    context.model->linear(&context, &block);
    for (const Attachment& one : piece.attachments) {
        piece.conductance[static_cast<std::size_t>(one.entity - begin)] +=
            one.conductance * one.per_area;
        piece.current[static_cast<std::size_t>(one.entity - begin)] += one.current * one.per_area;
    }
}

bool CableSolver::solve(cable::Piece& piece, const hhk_context& context, hhk_block& block,
                        double rate, bool extrapolate) const {
    membrane_terms(piece, context, block);
    return eliminate_all(piece, context, block, rate, extrapolate);
}

/// Trapezoidal rule over a part of the step, then the backward differences of second order: Bank et
/// al., IEEE Trans. Electron Devices 32:1992 (1985).
bool CableSolver::tr_bdf2(cable::Piece& piece, const hhk_context& context, hhk_block& block) const {
    const double part = 2.0 - std::sqrt(2.0);
    const double weight = 1.0 / (part * (2.0 - part));
    const double start_weight = (1.0 - part) * (1.0 - part) * weight;
    const std::int64_t count = piece.range.end - piece.range.begin;
    {
        const InDouble v(context, v_, piece.range, piece.wide.data());
        std::copy_n(v.data(), count, piece.before.data());
    }
    if (!solve(piece, context, block, 2.0 / (part * context.dt), true)) {
        return false;
    }
    membrane_terms(piece, context, block);
    {
        const InDouble v(context, v_, piece.range, piece.wide.data());
        for (std::int64_t e = 0; e < count; ++e) {
            v.data()[e] = weight * v.data()[e] - start_weight * piece.before.data()[e];
        }
    }
    const double rate = (2.0 - part) / ((1.0 - part) * context.dt);
    return eliminate_all(piece, context, block, rate, false);
}

bool CableSolver::eliminate_all(cable::Piece& piece, const hhk_context& context, hhk_block& block,
                                double rate, bool extrapolate) const {
    const std::int64_t begin = piece.range.begin;
    const InDouble v(context, v_, piece.range, piece.wide.data());
    for (const cable::Piece::Part& part : piece.parts) {
        const std::int64_t first = part.group->first;
        const Coefficients coefficients{part.up.data(), part.down.data(), part.neighbours.data(),
                                        part.capacitance.data()};
        const Membrane membrane{piece.conductance.data() + (first - begin),
                                piece.current.data() + (first - begin),
                                v.data() + (first - begin),
                                piece.factor.data(),
                                piece.right.data(),
                                piece.sums.data()};
        if (eliminate(*part.tree, part.group->lanes, coefficients, membrane, rate, extrapolate)) {
            continue;
        }
        block.fault = singular_fault;
        block.event = 0;
        const auto lanes = static_cast<std::size_t>(part.group->lanes);
        for (std::size_t k = 0; k < part.tree->node.size(); ++k) {
            for (std::size_t lane = 0; part.tree->compartment[k] >= 0 && lane < lanes; ++lane) {
                const auto at = static_cast<std::size_t>(part.tree->compartment[k]) * lanes + lane;
                const double own =
                    coefficients.capacitance[k * lanes + lane] * rate + membrane.conductance[at];
                if (!(own > 0)) {
                    block.event =
                        static_cast<std::int32_t>(first - begin + static_cast<std::int64_t>(at));
                    return false;
                }
            }
        }
        return false;
    }
    return true;
}

/// v to t + dt; false if the linear system of a cable has no stable solution.
bool CableSolver::move_potential(cable::Piece& piece, hhk_context& context,
                                 hhk_block& block) const {
    if (scheme_ == CableScheme::Cvode) {
        piece.ode->advance(context); // where it cannot go on, v is NaN, which the model finds
        return true;
    }
    if (piece.damped_steps > 0) {
        --piece.damped_steps;
        for (int part = 0; part < quarter_steps; ++part) {
            if (!solve(piece, context, block, quarter_steps / context.dt, false)) {
                return false;
            }
        }
        return true;
    }
    switch (scheme_) {
    case CableScheme::TrBdf2:
        return tr_bdf2(piece, context, block);
    case CableScheme::BackwardEuler:
        return solve(piece, context, block, 1.0 / context.dt, false);
    default:
        return solve(piece, context, block, 2.0 / context.dt, true);
    }
}

std::int32_t CableSolver::advance_piece(const hhk_context* context, hhk_block* block) {
    auto& piece = *static_cast<cable::Piece*>(context->reserved[0]);
    const CableSolver& owner = *piece.owner;
    hhk_context own = *context;
    double* outputs[2] = {piece.conductance.data() - piece.range.begin,
                          piece.current.data() - piece.range.begin};
    own.outputs = outputs;
    if (owner.v_start_ >= 0) {
        const std::int64_t size = own.model->real_size;
        std::memcpy(own.slab + own.offsets[owner.v_start_] + block->begin * size,
                    own.slab + own.offsets[owner.v_] + block->begin * size,
                    static_cast<std::size_t>((block->end - block->begin) * size));
    }
    if (!owner.move_potential(piece, own, *block) || own.model->advance == nullptr) {
        return HHK_OK;
    }
    const std::int32_t status = own.model->advance(context, block);
    return status == HHK_OK && !owner.spread(piece, own, *block) ? HHK_FAULT : status;
}

// ---- Currents from elsewhere --------------------------------------------------------------------

cable::Piece& CableSolver::piece_of(std::int64_t entity) {
    const auto after =
        std::upper_bound(pieces_.begin(), pieces_.end(), entity,
                         [](std::int64_t e, const auto& piece) { return e < piece->range.begin; });
    return **std::prev(after);
}

static void check_entity(std::int64_t entity, std::int64_t count) {
    if (entity < 0 || entity >= count) {
        fail(Code::IndexOutOfRange,
             fmt::format("compartment {} of a cable population of {}", entity, count));
    }
}

void CableSolver::connect_gaps(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                               std::span<const double> g) {
    if (a.size() != b.size() || (g.size() != 1 && g.size() != a.size())) {
        fail(Code::WrongLength, fmt::format("{} and {} compartments and {} conductances of gap "
                                            "junctions",
                                            a.size(), b.size(), g.size()));
    }
    for (std::size_t k = 0; k < a.size(); ++k) {
        check_entity(a[k], layout_->entities());
        check_entity(b[k], layout_->entities());
        const double conductance = g[g.size() == 1 ? 0 : k];
        if (!(conductance >= 0) || !std::isfinite(conductance)) {
            fail(Code::ValueNotFinite,
                 fmt::format("a gap junction was given {} siemens", conductance),
                 "it must not be negative");
        }
        gap_at_.push_back(a[k]);
        gaps_.push_back({b[k], conductance, nullptr});
        gap_at_.push_back(b[k]);
        gaps_.push_back({a[k], conductance, nullptr});
    }
    population_->mark_uniform_assigned();
}

void CableSolver::insert(std::shared_ptr<PopulationState> processes,
                         std::span<const std::int64_t> at) {
    if (at.size() != static_cast<std::size_t>(processes->count())) {
        fail(Code::WrongLength, fmt::format("`{}` has {} processes for {} places",
                                            processes->name(), processes->count(), at.size()));
    }
    for (const std::int64_t entity : at) {
        check_entity(entity, layout_->entities());
    }
    auto insertion = std::make_unique<Insertion>();
    insertion->at.assign(at.begin(), at.end());
    const auto padded = static_cast<std::size_t>(processes->padded());
    insertion->conductance.assign(padded);
    insertion->current.assign(padded);
    insertion->processes = std::move(processes);
    insertions_.push_back(std::move(insertion));
    population_->mark_uniform_assigned();
}

/// Every attachment at its piece; addresses hold until the next call.
void CableSolver::make_attachments() {
    for (const auto& piece : pieces_) {
        piece->attachments.clear();
    }
    const auto add = [&](std::int64_t entity) {
        cable::Piece& piece = piece_of(entity);
        piece.attachments.push_back({entity, 1.0 / area_[static_cast<std::size_t>(entity)], 0, 0});
        return std::pair(&piece, piece.attachments.size() - 1);
    };
    std::vector<std::pair<cable::Piece*, std::size_t>> places;
    for (const std::int64_t entity : gap_at_) {
        places.push_back(add(entity));
    }
    for (const auto& insertion : insertions_) {
        for (const std::int64_t entity : insertion->at) {
            places.push_back(add(entity));
        }
    }
    std::size_t next = 0;
    const auto address = [&] {
        const auto [piece, index] = places[next++];
        return &piece->attachments[index];
    };
    for (Gap& gap : gaps_) {
        gap.attachment = address();
    }
    find_process_fields();
    for (const auto& insertion : insertions_) {
        insertion->attachments.clear();
        for (std::size_t e = 0; e < insertion->at.size(); ++e) {
            insertion->attachments.push_back(address());
        }
    }
}

void CableSolver::find_process_fields() {
    for (const auto& insertion : insertions_) {
        insertion->v =
            kernel::find_field(insertion->processes->table(), "v", insertion->processes->name());
    }
}

void CableSolver::gather(std::int64_t step) {
    for (Gap& gap : gaps_) {
        gap.attachment->conductance = gap.conductance;
        gap.attachment->current = gap.conductance * v_memory_.read(gap.partner);
    }
    for (const auto& insertion : insertions_) {
        PopulationState& processes = *insertion->processes;
        hhk_context context = processes.context();
        context.step = step;
        context.t = static_cast<double>(step) * context.dt;
        const kernel::FieldMemory v = processes.field(insertion->v);
        for (std::size_t e = 0; e < insertion->at.size(); ++e) {
            v.write(static_cast<std::int64_t>(e), v_memory_.read(insertion->at[e]));
        }
        processes.refresh_padding(insertion->v);
        double* outputs[2] = {insertion->conductance.data(), insertion->current.data()};
        context.outputs = outputs;
        hhk_block block{};
        block.end = processes.padded();
        processes.table().linear(&context, &block);
        for (std::size_t e = 0; e < insertion->at.size(); ++e) {
            insertion->attachments[e]->conductance = insertion->conductance[e];
            insertion->attachments[e]->current = insertion->current[e];
        }
    }
}

// ---- Point processes ----------------------------------------------------------------------------

std::vector<kernel::HostSolver::Piece> PointSolver::pieces() {
    return {{0, population_->padded(), nullptr}};
}

void PointSolver::prepare(PopulationState& population, bool assigned, bool jumped) {
    population_ = &population;
    const std::shared_ptr<CableSolver> cable = cable_.lock();
    if (cable && assigned) { // its model may be another one now
        cable->find_process_fields();
    }
    if (cable && jumped) {
        cable->note_jump();
    }
}

void PointSolver::jump() {
    if (const std::shared_ptr<CableSolver> cable = cable_.lock()) {
        cable->note_jump();
    }
}

std::int32_t PointSolver::advance_piece(const hhk_context* context, hhk_block* block) {
    return context->model->advance == nullptr ? HHK_OK : context->model->advance(context, block);
}

} // namespace hodg::cable

namespace hodg {

using base::Code;
using base::fail;

static void require_cell(const Population& population) {
    if (population.model().table().needs_host_solver != HHK_HOST_CABLE) {
        fail(Code::BadCable,
             fmt::format("the model `{}` of `{}` is no cell", population.model().name(),
                         population.name()),
             "compile it with hodgpy.CablePopulation, or as a `cell` block");
    }
}

static void check_scheme(const hhk_model& model, const CableLayout& layout, CableScheme scheme) {
    if (scheme == CableScheme::Cvode &&
        (model.real_size != sizeof(double) || !layout.layout()->alone())) {
        fail(Code::BadCable,
             fmt::format("CVODE cannot integrate the cells of `{}`: it takes cells in double "
                         "precision, in a layout of cells alone",
                         model.name));
    }
}

Cable::Cable(const Population& population, const CableLayout& layout, CableScheme scheme) {
    require_cell(population);
    check_scheme(population.model().table(), layout, scheme);
    if (population.size() != layout.entities()) {
        fail(Code::BadCable, fmt::format("`{}` has {} entities for {} places of compartments",
                                         population.name(), population.size(), layout.entities()));
    }
    solver_ = std::make_shared<cable::CableSolver>(*population.state(), layout.layout(), scheme);
    population.state()->set_host_solver(solver_);
}

void Cable::set_tolerances(double relative, double absolute) {
    solver_->set_tolerances({relative, absolute});
}
void Cable::damp() {
    solver_->damp();
}
void Cable::connect_gaps(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                         std::span<const double> g) {
    solver_->connect_gaps(a, b, g);
}

void Cable::diffuse(const std::string& name, double diffusivity, std::span<const double> volume,
                    std::span<const double> fraction) {
    solver_->diffuse(name, diffusivity, volume, fraction);
}

void Cable::insert(const Population& processes, std::span<const std::int64_t> at) {
    require_cell(processes);
    solver_->insert(processes.state(), at);
    processes.state()->set_host_solver(
        std::make_shared<cable::PointSolver>(*processes.state(), solver_));
}

} // namespace hodg
