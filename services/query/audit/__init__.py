"""The audit trail: noting what is looked at, writing it down, reading it back."""
