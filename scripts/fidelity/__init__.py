"""The page FIDELITY.md: what of the ledger is modelled, worked out from the documents, the code and the tests."""
