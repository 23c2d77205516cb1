"""Open Klant 2.18: the Klantinteracties API, with the register behind it."""
