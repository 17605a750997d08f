"""Which files there are, and their content: git, the index, the work tree, plain folders."""
