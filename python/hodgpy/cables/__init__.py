# SPDX-License-Identifier: MIT
"""Cells with a shape: morphologies, compartments and populations of them."""
