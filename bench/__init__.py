"""What Balie can do in figures, each beside what it is compared with (`make bench`; docs/metingen.md)."""
