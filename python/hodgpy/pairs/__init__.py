# SPDX-License-Identifier: MIT
"""Who is connected: rules for the runtime, and expressions over pairs of neurons with numpy."""
