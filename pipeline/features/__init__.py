"""Features: one measure family a module, blind to the others."""
