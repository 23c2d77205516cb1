"""Channels: what citizens use to reach us. They translate and carry, and decide nothing."""
