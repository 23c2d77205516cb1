"""Plays the Thuisloket, a municipal e-counter: orders of attests, the officials behind it, and what it delivered.

Ordering follows a design of our own (no product has a public one); reading follows
the Attesten-API that Mijn Burgerprofiel uses.
"""
