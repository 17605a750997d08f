"""Questions about the import graph of a project, and the contracts that it keeps."""
