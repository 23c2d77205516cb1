"""The desk: where agents answer citizens, and supervisors see, route and report."""
