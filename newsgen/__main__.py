"""`python -m newsgen` is the command `newsgen`."""

from newsgen.cli import main

main()
