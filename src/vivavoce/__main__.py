"""`python -m vivavoce`: the command line."""

from vivavoce.cli import main

main()
