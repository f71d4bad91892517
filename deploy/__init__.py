"""How Salespulse is run: the local stack, the image, the compose file."""
