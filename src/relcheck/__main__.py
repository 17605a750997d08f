"""`python -m relcheck`."""

import os  # Python has these two already; whatever else is imported would be looked for in the working folder
import sys

if not sys.flags.safe_path and sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
    # `-m` puts the working folder first: a click.py in the scanned repository would be run.
    del sys.path[0]

from relcheck.cli.main import main  # only now is the path safe

if __name__ == "__main__":
    main()
