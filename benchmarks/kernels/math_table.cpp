// SPDX-License-Identifier: MIT
// Prints the largest errors of the prelude's functions (docs/internals/math.md) as Markdown.
#include "../../tests/unit/compiler/codegen/math_cases.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    using namespace hhc::codegen::testing;
    const int samples = argc > 1 ? std::atoi(argv[1]) : 100000;
    for (const Case& function : cases()) {
        const Worst in_double = largest_error<double>(function, samples);
        const Worst in_float = largest_error<float>(function, samples);
        std::printf("| %s | %.2f | %.2f | %.1f |\n",
                    std::string(hhc::ir::info(function.op).text).c_str(), in_double.ulp,
                    in_float.ulp, function.bound);
    }
    return 0;
}
