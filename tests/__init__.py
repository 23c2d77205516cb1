"""A package of its own name, because some library installs a `tests` package too; the folders below need none."""
