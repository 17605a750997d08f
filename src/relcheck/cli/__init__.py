"""One module a verb: argv in, exit code out; nothing else."""
