"""What leaves the server: where it may go, and who carries it there."""
