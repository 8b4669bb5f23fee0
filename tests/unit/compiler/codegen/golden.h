// SPDX-License-Identifier: MIT
// Compares generated text with a file under tests/golden; HODGPY_UPDATE_GOLDEN=1 rewrites the file.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace hhc::testing {

inline void expect_golden(const std::string& text, const std::string& name) {
    const std::filesystem::path path =
        std::filesystem::path(HODGPY_SOURCE_DIR) / "tests" / "golden" / name;
    if (std::getenv("HODGPY_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
        return;
    }
    std::ifstream file(path);
    ASSERT_TRUE(file) << path << " is missing; HODGPY_UPDATE_GOLDEN=1 writes it";
    std::stringstream wanted;
    wanted << file.rdbuf();
    EXPECT_EQ(text, wanted.str()) << "HODGPY_UPDATE_GOLDEN=1 rewrites " << path;
}

} // namespace hhc::testing
