"""The local stack: broker, store and services as child processes of one command."""
