"""How a report is shown: its order for a reader, the geometry of its charts, its markup."""
