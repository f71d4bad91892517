"""The groups of the `salespulse` command, one module each; cli.py names them."""
