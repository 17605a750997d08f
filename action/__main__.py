"""`python -I action VERB`: what the steps of action.yml do. Python puts this folder on `sys.path`, and no other."""

import sys

from relcheck_action.main import main

sys.exit(main(sys.argv[1:]))
