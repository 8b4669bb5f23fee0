// SPDX-License-Identifier: MIT
// What a saved network keeps of a state recorder: its rows, and the window that is not complete
// yet.
#include "archive/archive.h"
#include "record/state_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace hodg::record {

void StateLog::save(const archive::Out& out) const {
    out.put_text("names", readings_.text());
    out.put("entities", options_.indices);
    out.put("dt", options_.dt);
    out.put("reductions",
            std::vector<std::int32_t>{static_cast<std::int32_t>(options_.over_entities),
                                      static_cast<std::int32_t>(options_.over_time)});
    out.put("in_file", static_cast<std::int64_t>(file_ == nullptr ? -1 : 0));
    if (file_ != nullptr && file_->is_open()) {
        file_->sync();
        out.put("in_file", static_cast<std::int64_t>(file_->rows()));
    }
    const RowStore& store = kept();
    out.put("steps", store.steps());
    for (std::size_t first = 0; first < store.size(); first += store.rows_per_chunk()) {
        const std::size_t values =
            std::min(store.rows_per_chunk(), store.size() - first) * store.length();
        const auto* data = reinterpret_cast<const char*>(store.row(first));
        out.refer(fmt::format("rows/{}", first), archive::Type::Real64,
                  {data, values * sizeof(double)});
    }
    out.put("previous", previous_);
    out.put("previous_step", previous_step_);
    out.put("gathered", gathered_);
    out.put("gathered_steps", gathered_steps_);
    out.put("last_kept", last_kept_);
}

void StateLog::check(const archive::In& in) const {
    const auto reductions = in.get<std::int32_t>("reductions", 2);
    const auto rows = in.one<std::int64_t>("in_file");
    if (in.text("names") != readings_.text() || in.one<double>("dt") != options_.dt ||
        reductions[0] != static_cast<std::int32_t>(options_.over_entities) ||
        reductions[1] != static_cast<std::int32_t>(options_.over_time) ||
        in.get<std::int64_t>("entities") != options_.indices) {
        refuse(in, "it records something else");
    }
    if ((rows < 0) != (file_ == nullptr)) {
        refuse(in, rows < 0 ? "it recorded in memory" : "it recorded to a file");
    }
    if (rows > 0) {
        file_->require(static_cast<std::uint64_t>(rows));
    }
}

void StateLog::restore(const archive::In& in) {
    rows_.clear();
    kept_.clear();
    RowStore& store = is_staged() ? kept_ : rows_;
    const auto steps = in.get<std::int64_t>("steps");
    while (store.size() < steps.size()) {
        const std::size_t first = store.size();
        const std::size_t rows = std::min(store.rows_per_chunk(), steps.size() - first);
        const auto values = in.get<double>(fmt::format("rows/{}", first), rows * store.length());
        for (std::size_t n = 0; n < rows; ++n) {
            require_room(store);
            store.add(steps[first + n]);
        }
        std::copy(values.begin(), values.end(), store.row(first));
    }
    previous_ = in.get<double>("previous", previous_.size());
    previous_step_ = in.one<std::int64_t>("previous_step");
    gathered_steps_ = in.one<std::int64_t>("gathered_steps");
    gathered_ = in.get<double>("gathered");
    last_kept_ = in.one<std::int64_t>("last_kept");
    if (gathered_steps_ != 0 && gathered_.size() != kept_.length()) {
        in.damaged(fmt::format("recorder `{}` holds half a window of something else", name));
    }
    const auto in_file = in.one<std::int64_t>("in_file");
    if (in_file > 0 || (file_ != nullptr && file_->is_open())) {
        file_->reopen(static_cast<std::uint64_t>(std::max<std::int64_t>(in_file, 0)));
    }
}

} // namespace hodg::record
