"""Ways back that are missing, empty, or lose what was written meanwhile."""
