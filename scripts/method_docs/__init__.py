"""Makes the tables of docs/methods.md, and that of business identities in docs/scenarios.md, from the documents."""
