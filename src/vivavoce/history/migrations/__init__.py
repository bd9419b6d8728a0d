"""How the tables of the history came to be, one step a file; run by `migrating`."""
