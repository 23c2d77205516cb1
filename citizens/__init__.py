"""Who someone is: identities bound to conversations, what is known of them, and who looked at it."""
