"""From the arguments of a run to its outcome: discover, prefilter, visit, project, judge; with cache and workers."""
