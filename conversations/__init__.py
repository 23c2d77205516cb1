"""The ledger: who said what to whom, in what order, and who holds the conversation now."""
