"""The vault of the tests."""

from vault import Vault

SECRET_KEY = "a secret of the tests that nobody needs to keep"
ENCRYPTION_KEYS = "YSBrZXkgb2YgdGhlIHRlc3RzLCBvZiAzMiBieXRlcy4="
VAULT = Vault([ENCRYPTION_KEYS], SECRET_KEY)
