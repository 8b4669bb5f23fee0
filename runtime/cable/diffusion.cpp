// SPDX-License-Identifier: MIT
// States that spread along the cable: the same elimination as for the voltage, with volumes in the
// place of capacitances and no membrane.
#include "base/fail.h"
#include "cable/coupling.h"
#include "cable/in_double.h"
#include "cable/solver.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <cmath>

namespace hodg::cable {

using base::Code;
using base::fail;

void CableSolver::diffuse(const std::string& name, double diffusivity,
                          std::span<const double> volume, std::span<const double> fraction) {
    const auto count = static_cast<std::size_t>(layout_->entities());
    if (volume.size() != count || fraction.size() != count) {
        fail(Code::WrongLength, fmt::format("{} volumes and {} fractions for {} entities",
                                            volume.size(), fraction.size(), count));
    }
    if (!(diffusivity >= 0) || !std::isfinite(diffusivity)) {
        fail(Code::BadCable,
             fmt::format("`{}` of `{}` diffuses with {} m**2/s", name, population_->name(),
                         diffusivity),
             "it must not be negative");
    }
    const std::uint32_t field = kernel::find_field(population_->table(), name, population_->name());
    const hhk_field& row = population_->table().fields[field];
    if (row.role != HHK_STATE || row.type != HHK_REAL || row.space != HHK_EACH) {
        fail(Code::BadCable, fmt::format("`{}` of `{}` cannot diffuse", name, population_->name()),
             "it must be a state with a differential equation, one value per compartment");
    }
    for (std::size_t e = 0; e < count; ++e) {
        if (!(volume[e] > 0) || !(fraction[e] > 0) || !std::isfinite(volume[e] / fraction[e])) {
            fail(Code::BadCable,
                 fmt::format("`{}` of `{}` stands in {} m**3 of compartment {}", name,
                             population_->name(), volume[e], e),
                 "it must be a positive volume");
        }
    }
    diffusions_.push_back({name,
                           field,
                           diffusivity,
                           {volume.begin(), volume.end()},
                           {fraction.begin(), fraction.end()}});
    population_->mark_uniform_assigned();
}

void CableSolver::fill_spreads(cable::Piece& piece) {
    for (cable::Piece::Part& part : piece.parts) {
        const auto lanes = static_cast<std::size_t>(part.group->lanes);
        const std::size_t nodes = part.tree->node.size();
        const EntityOf entity(part);
        part.spreads.clear();
        for (const Diffusion& one : diffusions_) {
            Spread& spread = part.spreads.emplace_back();
            for (AlignedDoubles* array :
                 {&spread.up, &spread.down, &spread.neighbours, &spread.capacity}) {
                array->assign(nodes * lanes);
            }
            const auto resistivity = [&](std::int64_t e) {
                return 1.0 / (one.diffusivity * one.fraction[static_cast<std::size_t>(e)]);
            };
            couple(part, layout_->tree(part.group->tree), resistivity, spread.up.data(),
                   spread.neighbours.data());
            std::vector<double> scale(nodes * lanes);
            for (std::size_t k = 0; k < nodes; ++k) {
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    const std::int64_t own = entity(part.tree->node[k], lane);
                    scale[k * lanes + lane] =
                        own < 0 ? 1.0 : one.volume[static_cast<std::size_t>(own)];
                    spread.capacity[k * lanes + lane] = own < 0 ? 0.0 : 1.0;
                }
            }
            normalise(*part.tree, lanes, scale.data(), spread.up.data(), spread.down.data(),
                      spread.neighbours.data());
        }
    }
}

/// Backward Euler for what spreads: amounts are conserved, and nothing becomes negative.
bool CableSolver::spread(cable::Piece& piece, const hhk_context& context, hhk_block& block) const {
    for (std::size_t n = 0; n < diffusions_.size(); ++n) {
        if (diffusions_[n].diffusivity == 0) {
            continue;
        }
        const InDouble values(context, diffusions_[n].field, piece.range, piece.wide.data());
        for (cable::Piece::Part& part : piece.parts) {
            const Spread& one = part.spreads[n];
            const Coefficients coefficients{one.up.data(), one.down.data(), one.neighbours.data(),
                                            one.capacity.data()};
            const Membrane membrane{piece.nothing.data(),
                                    piece.nothing.data(),
                                    values.data() + (part.group->first - piece.range.begin),
                                    piece.factor.data(),
                                    piece.right.data(),
                                    piece.sums.data()};
            if (!eliminate(*part.tree, part.group->lanes, coefficients, membrane, 1.0 / context.dt,
                           false)) {
                block.fault = singular_fault;
                block.event = static_cast<std::int32_t>(part.group->first - piece.range.begin);
                return false;
            }
        }
    }
    return true;
}

} // namespace hodg::cable
