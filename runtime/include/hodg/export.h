// SPDX-License-Identifier: MIT
// HODG_API marks the classes and functions of the runtime that libhodgpy.so shows to the thin
// binaries built on it. All else is hidden.
#pragma once

#define HODG_API __attribute__((visibility("default")))
