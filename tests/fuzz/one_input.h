// SPDX-License-Identifier: MIT
// What every fuzzer defines: libFuzzer calls it with inputs of its own, replay.cpp with files.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
