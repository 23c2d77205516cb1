"""Meta's Graph API for WhatsApp and Messenger, and the citizens' phones on the other side of it.

The contract is what was found out about Meta's pages; where they contradict each
other the stricter reading is played, so that who survives this survives Meta.
"""
