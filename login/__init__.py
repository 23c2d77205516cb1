"""The login: one-time links and OpenID Connect, between a conversation and a citizen."""
