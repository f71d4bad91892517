"""What the notifier decides: whom a change is for, when to try again, what an alert says. Pure."""
