"""Speaks to the backends: `ports` is what the dialogue needs, each other module one product that offers it."""
