"""The desk's addresses, by what one does there."""
