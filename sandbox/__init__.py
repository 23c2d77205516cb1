"""The outside world for development: TOPdesk, JCC and a mail server, strict about their contracts.

Imports nobody: it must not know how Balie works, only what the city's suppliers
promise. Everything lives in memory and is gone after a restart.
"""
