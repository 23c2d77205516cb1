"""What WhatsApp and Messenger share: Meta's signatures, its Graph API, and how to read what it sends."""
