"""What one file yields: prefilters, trees, rules, cache and workers."""
