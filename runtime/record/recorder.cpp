// SPDX-License-Identifier: MIT
#include "record/recorder.h"

#include "archive/archive.h"
#include "base/fail.h"

#include <fmt/format.h>

namespace hodg::record {

void Recorder::refuse(const archive::In& in, const std::string& reason) const {
    base::fail(
        base::Code::SaveMismatch,
        fmt::format("recorder `{}` cannot be restored from `{}`: {}", name, in.title(), reason));
}

} // namespace hodg::record
