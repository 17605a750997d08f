"""Stated exceptions: waivers in the code, and the baseline."""
