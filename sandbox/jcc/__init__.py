"""JCC Afspraken: the WARP API v1, with all its traps. Names on the wire are JCC's."""
