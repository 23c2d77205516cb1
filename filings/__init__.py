"""Filings: what somebody asked for, kept from the moment he asked until a backend has it."""
