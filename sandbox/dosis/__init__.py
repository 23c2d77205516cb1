"""DOSIS: where administrations deliver how far their dossiers are, and where counters read it."""
