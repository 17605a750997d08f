"""`python -m relcheck`."""

import sys
from pathlib import Path

if not sys.flags.safe_path and sys.path and Path(sys.path[0] or ".").resolve() == Path.cwd():
    # `-m` puts the working folder first: a click.py in the scanned repository would be run.
    del sys.path[0]

from relcheck.cli.main import main  # only now is the path safe

if __name__ == "__main__":
    main()
