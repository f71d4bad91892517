"""The tests of Salespulse."""
