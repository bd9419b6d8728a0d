"""The plumbing of the server's database, which every part that keeps something uses: no table is known here."""
