"""`python -m desertion` is the command `desertion`."""

import sys

from desertion.cli import main

sys.exit(main())
