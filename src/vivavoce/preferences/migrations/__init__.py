"""How the tables of the preferences came to be as they are."""
