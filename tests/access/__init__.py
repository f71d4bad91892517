"""Who may do and see what, and what keeps the doors safe."""
