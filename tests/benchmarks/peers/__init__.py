"""Peers: small programs of our own writing that do the same counts on the same topic."""
