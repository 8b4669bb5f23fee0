// SPDX-License-Identifier: MIT
// check_text [FILE]: checks a model file (or standard input), prints every checked model,
// diagnostics to standard error. Imports are read below the folder of the file.
#include "diag/render.h"
#include "model/dump.h"
#include "tools/checked.h"

#include <iostream>
#include <iterator>

int main(int count, char** words) {
    hhc::test::Checked checked;
    if (count > 1) {
        checked.read_file(words[1]);
    } else {
        checked.read(std::string(std::istreambuf_iterator<char>(std::cin), {}));
    }
    for (const auto& models : {checked.result.channels, checked.result.models}) {
        for (const hhc::model::CheckedModel& model : models) {
            std::cout << hhc::model::dump(model) << "\n";
        }
    }
    const bool failed = checked.sink.has_errors();
    std::cerr << hhc::diag::render_all(checked.sink.take(), checked.sources);
    return failed ? 1 : 0;
}
