"""``jodo-mock demo``: a storyline played with a floor of made-up agents and customers, for people to watch."""
