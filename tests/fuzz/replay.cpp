// SPDX-License-Identifier: MIT
// A fuzzer without libFuzzer: every file of the folders given, once. What was found stays found.
#include "one_input.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) {
                continue;
            }
            std::ifstream input(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(input), {}};
            std::fprintf(stderr, "%s\n", entry.path().c_str()); // the last line names the culprit
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
            ++count;
        }
    }
    std::printf("%zu inputs\n", count);
    return count == 0 ? 1 : 0;
}
