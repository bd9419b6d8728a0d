"""Tools that the server runs: what they are, where they come from, and how one is called safely."""
