"""Dialogue logic: what the assistant does between hearing and answering."""
