"""The two reports and their exports, through the running services."""
