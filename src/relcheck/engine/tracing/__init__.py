"""From a guarantee to its code, its rules, its tests and what these have shown, and the trend of the whole."""
