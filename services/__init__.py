"""The services and the command; a service imports schemas and never another service."""
