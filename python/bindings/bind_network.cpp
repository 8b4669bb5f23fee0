// SPDX-License-Identifier: MIT
// hodg/network.h: the run loop. It runs without the GIL; progress and Ctrl+C come every 50 ms.
#include "bindings.h"

#include "hhc/compile.h"
#include "hodg/network.h"

namespace hodgpy {

namespace {

/// What Python sees of a progress report, or a pending Ctrl+C. Returns false to stop the run.
bool poll(const hodg::Progress& progress, const py::object& report, bool& stopped_by_signal) {
    const py::gil_scoped_acquire gil;
    if (!report.is_none()) {
        report(progress.fraction, progress.time, progress.wall_seconds);
    }
    stopped_by_signal = PyErr_CheckSignals() != 0;
    return !stopped_by_signal;
}

/// A Python callable that the network calls, and lets go of, during a run, when the GIL is not
/// held.
std::function<void()> operation(py::function action) {
    const auto forget = [](py::function* function) {
        const py::gil_scoped_acquire gil;
        delete function;
    };
    const std::shared_ptr<py::function> held(new py::function(std::move(action)), forget);
    return [held] {
        const py::gil_scoped_acquire gil;
        (*held)();
    };
}

hodg::Notes to_notes(const py::dict& notes) {
    hodg::Notes result;
    for (const auto& [name, bytes] : notes) {
        result[py::cast<std::string>(name)] = py::cast<std::string>(bytes);
    }
    return result;
}

void save(hodg::Network& network, const std::string& path, const py::dict& notes) {
    const hodg::Notes made = to_notes(notes);
    const py::gil_scoped_release release;
    network.save(path, made);
}

void run(hodg::Network& network, double duration, const py::object& report, bool record_end,
         bool guard, const std::string& path, double interval, const py::object& notes) {
    bool stopped_by_signal = false;
    hodg::RunOptions options;
    options.record_end = record_end;
    options.guard = guard;
    options.save.path = path;
    options.save.interval = interval;
    options.save.notes = [&notes] {
        const py::gil_scoped_acquire gil;
        return to_notes(notes());
    };
    options.progress = [&](const hodg::Progress& progress) {
        return poll(progress, report, stopped_by_signal);
    };
    {
        const py::gil_scoped_release release;
        static_cast<void>(network.run(duration, options));
    }
    if (stopped_by_signal) {
        throw py::error_already_set();
    }
}

} // namespace

void bind_network(py::module_& module) {
    using hodg::Network;
    using hodg::SavedNetwork;
    py::class_<SavedNetwork>(module, "SavedNetwork")
        .def(py::init<std::string>(), py::call_guard<py::gil_scoped_release>())
        .def_property_readonly("t", &SavedNetwork::time)
        .def("notes", [](const SavedNetwork& self) {
            py::dict result;
            for (const auto& [name, bytes] : self.notes()) {
                result[py::str(name)] = py::bytes(bytes);
            }
            return result;
        });
    py::class_<Network>(module, "Network")
        .def(py::init([](double dt, int threads, std::uint64_t seed, bool flush_denormals) {
            hodg::NetworkOptions options;
            options.dt = dt;
            options.threads = threads;
            options.seed = seed;
            options.flush_denormals = flush_denormals;
            options.make_code = [](const auto& tables) { hhc::build(tables); };
            return Network(options);
        }))
        .def("add_population",
             [](Network& self, const hodg::Population& population) { self.add(population); })
        .def("add_synapses",
             [](Network& self, const hodg::Synapses& synapses) { self.add(synapses); })
        .def("add_stimulus", [](Network& self, const hodg::Stimulus& stimulus,
                                const std::string& name) { self.add(stimulus, name); })
        .def("add_recorder", [](Network& self, const hodg::EventRecorder& recorder,
                                const std::string& name) { self.add(recorder, name); })
        .def("add_recorder", [](Network& self, const hodg::StateRecorder& recorder,
                                const std::string& name) { self.add(recorder, name); })
        .def("add_recorder", [](Network& self, const hodg::RateRecorder& recorder,
                                const std::string& name) { self.add(recorder, name); })
        .def("save", &save)
        .def("check", [](const Network& self, const hodg::SavedNetwork& saved,
                         bool strict) { self.check(saved, strict); })
        .def("restore", [](Network& self, const hodg::SavedNetwork& saved,
                           bool strict) { self.restore(saved, strict); })
        .def("run", &run)
        .def("at", [](Network& self, double time,
                      py::function action) { self.at(time, operation(std::move(action))); })
        .def("every",
             [](Network& self, double interval, py::function action) {
                 self.every(interval, operation(std::move(action)));
             })
        .def_property_readonly("t", &Network::time)
        .def_property_readonly("dt", &Network::dt)
        .def_property_readonly("seed", &Network::seed)
        .def_property_readonly("flush_denormals", &Network::flush_denormals)
        .def_property("threads", &Network::threads, &Network::set_threads);
}

} // namespace hodgpy
