// SPDX-License-Identifier: MIT
// Networks as archives. Objects are known by their names; what has none, by what it records or
// drives and the place among its like.
#include "archive/archive.h"
#include "base/fail.h"
#include "sim/network_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hodg::sim {

using base::Code;
using base::fail;

/// Sections of objects by the name that stands in them.
static std::map<std::string, archive::In> by_name(const archive::In& in) {
    std::map<std::string, archive::In> found;
    for (const std::string& part : in.parts()) {
        const archive::In one = in.in(part);
        found.emplace(one.text("name"), one);
    }
    return found;
}

/// Names of objects that users need not name.
static std::vector<std::string>
names_of(const std::vector<std::shared_ptr<record::Recorder>>& recorders) {
    std::vector<std::string> names;
    std::map<std::string, int> alike;
    for (const auto& recorder : recorders) {
        const std::string wish =
            fmt::format("{} of {}", recorder->kind(), recorder->population().name());
        names.push_back(recorder->name.empty() ? fmt::format("{} {}", wish, ++alike[wish])
                                               : recorder->name);
    }
    return names;
}

static std::vector<std::string>
names_of(const std::vector<std::shared_ptr<stimulus::StimulusState>>& stimuli) {
    std::vector<std::string> names;
    std::map<std::string, int> alike;
    for (const auto& stimulus : stimuli) {
        const std::string wish =
            fmt::format("drive of {}.{}", stimulus->target().name(), stimulus->variable());
        names.push_back(stimulus->name.empty() ? fmt::format("{} {}", wish, ++alike[wish])
                                               : stimulus->name);
    }
    return names;
}

// --- saving ------------------------------------------------------------------------------------

void NetworkState::write_to(const archive::Out& out, const Notes& notes) {
    out.put("dt", options_.dt);
    out.put("seed", options_.seed);
    out.put("flush_denormals", std::int64_t{options_.flush_denormals});
    out.put("step", step_);
    for (std::size_t n = 0; n < populations_.size(); ++n) {
        populations_[n].state()->save(out.in(fmt::format("population/{}", n)));
    }
    for (std::size_t n = 0; n < synapses_.size(); ++n) {
        synapses_[n]->save(out.in(fmt::format("synapses/{}", n)));
    }
    const std::vector<std::string> drives = names_of(stimuli_);
    for (std::size_t n = 0; n < stimuli_.size(); ++n) {
        const archive::Out one = out.in(fmt::format("stimulus/{}", n));
        one.put_text("name", drives[n]);
        stimuli_[n]->save(one);
    }
    const std::vector<std::string> recordings = names_of(recorders_);
    for (std::size_t n = 0; n < recorders_.size(); ++n) {
        const archive::Out one = out.in(fmt::format("recorder/{}", n));
        one.put_text("name", recordings[n]);
        one.put_text("kind", recorders_[n]->kind());
        recorders_[n]->save(one);
    }
    for (const auto& [name, bytes] : notes) {
        out.in("note").put_text(name, bytes);
    }
}

void NetworkState::save(const std::string& path, const Notes& notes) {
    refuse_while_running("saving");
    if (faulted_) {
        fail(Code::NetworkFaulted,
             "the network met a fault and stands at no step: there is nothing "
             "to save",
             "save before the run, or during it");
    }
    const archive::Out out(true);
    write_to(out, notes);
    out.write(path);
}

// --- restoring ---------------------------------------------------------------------------------

/// Refuses unless the objects here are those of the file.
template <class Objects, class NameOf>
static void require_same(const archive::In& in, const char* what, const Objects& objects,
                         const NameOf& name_of) {
    std::map<std::string, archive::In> there = by_name(in);
    for (const auto& object : objects) {
        if (there.erase(name_of(object)) == 0) {
            fail(Code::SaveMismatch, fmt::format("`{}` has no {} `{}`, which this network has",
                                                 in.title(), what, name_of(object)));
        }
    }
    if (!there.empty()) {
        fail(Code::SaveMismatch, fmt::format("`{}` has {} `{}`, which this network has not",
                                             in.title(), what, there.begin()->first));
    }
}

void NetworkState::check(const archive::In& in, bool strict) const {
    const auto dt = in.one<double>("dt");
    if (dt != options_.dt) {
        fail(Code::SaveMismatch, fmt::format("`{}` was saved with dt = {} s, this network has {} s",
                                             in.title(), dt, options_.dt));
    }
    if (in.one<std::int64_t>("step") < 0) {
        in.damaged("it stands before its beginning");
    }
    static_cast<void>(in.one<std::uint64_t>("seed"));
    if (in.has("flush_denormals")) {
        static_cast<void>(in.one<std::int64_t>("flush_denormals"));
    }
    require_same(in.in("population"), "population", populations_,
                 [](const Population& population) { return population.name(); });
    require_same(in.in("synapses"), "synapses", synapses_,
                 [](const auto& synapses) { return synapses->name(); });
    const auto same = [](const std::string& name) { return name; };
    if (strict) {
        require_same(in.in("stimulus"), "stimulus", names_of(stimuli_), same);
        require_same(in.in("recorder"), "recorder", names_of(recorders_), same);
    }
    const auto populations = by_name(in.in("population"));
    for (const Population& population : populations_) {
        population.state()->check(populations.at(population.name()), strict);
    }
    const auto synapses = by_name(in.in("synapses"));
    for (const auto& one : synapses_) {
        one->check(synapses.at(one->name()), strict);
    }
    const auto recorders = by_name(in.in("recorder"));
    const std::vector<std::string> names = names_of(recorders_);
    for (std::size_t n = 0; n < recorders_.size(); ++n) {
        const auto found = recorders.find(names[n]);
        if (found != recorders.end()) {
            if (found->second.text("kind") != recorders_[n]->kind()) {
                fail(Code::SaveMismatch,
                     fmt::format("`{}` records {} here and {} in `{}`", names[n],
                                 recorders_[n]->kind(), found->second.text("kind"), in.title()));
            }
            recorders_[n]->check(found->second);
        }
    }
}

/// Repeated ones go on in phase; those of one time that is past are done.
void NetworkState::restore_operations() {
    for (Operation& operation : operations_) {
        operation.next = operation.first;
        if (operation.interval > 0 && operation.next < step_) {
            const std::int64_t missed =
                (step_ - operation.first + operation.interval - 1) / operation.interval;
            operation.next += missed * operation.interval;
        }
    }
    std::erase_if(operations_,
                  [this](const Operation& operation) { return operation.next < step_; });
}

void NetworkState::restore(const archive::In& in, bool strict) {
    refuse_while_running("restoring");
    check(in, strict);
    take_back(in);
    restore_operations();
}

/// Everything but operations; what was not saved stays.
void NetworkState::take_back(const archive::In& in) {
    faulted_ = false;
    synapse_fault_ = {};
    plan_made_ = false;
    step_ = in.one<std::int64_t>("step");
    looked_at_ = step_;
    options_.seed = in.one<std::uint64_t>("seed");
    options_.flush_denormals =
        in.has("flush_denormals") && in.one<std::int64_t>("flush_denormals") != 0;
    const auto populations = by_name(in.in("population"));
    for (const Population& population : populations_) {
        population.state()->restore(populations.at(population.name()), options_.seed);
    }
    const auto synapses = by_name(in.in("synapses"));
    for (const auto& one : synapses_) {
        one->at_step(step_);
        one->restore(synapses.at(one->name()), options_.seed);
    }
    const auto stimuli = by_name(in.in("stimulus"));
    const std::vector<std::string> drives = names_of(stimuli_);
    for (std::size_t n = 0; n < stimuli_.size(); ++n) {
        const auto found = stimuli.find(drives[n]);
        if (found != stimuli.end()) {
            stimuli_[n]->restore(found->second);
        }
    }
    const auto recorders = by_name(in.in("recorder"));
    const std::vector<std::string> names = names_of(recorders_);
    for (std::size_t n = 0; n < recorders_.size(); ++n) {
        const auto found = recorders.find(names[n]);
        if (found != recorders.end()) {
            recorders_[n]->start(options_.dt, step_);
            recorders_[n]->restore(found->second);
        }
    }
}

} // namespace hodg::sim

namespace hodg {

SavedNetwork::SavedNetwork(const std::string& path)
    : archive_(std::make_shared<archive::In>(path)) {}

double SavedNetwork::time() const {
    return static_cast<double>(archive_->one<std::int64_t>("step")) * archive_->one<double>("dt");
}

Notes SavedNetwork::notes() const {
    Notes found;
    const archive::In notes = archive_->in("note");
    for (const std::string& name : notes.parts()) {
        found[name] = notes.text(name);
    }
    return found;
}

} // namespace hodg
