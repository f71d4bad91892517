"""What administrators set up: who works where, who may what, keys, settings. Pure."""
