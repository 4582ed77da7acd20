"""`python -m simqueue` is the command `simqueue`."""

from simqueue.cli import main

main()
