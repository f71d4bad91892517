"""Peer: Quix Streams, with an environment of its own."""
