"""Contract coverage: which rows of the contract a client's own traffic touched, and how the client behaved."""
