"""What runs inside Rasa 3.6 on Python 3.10: one channel, one tracker store, one importer, one classifier.

Nothing of the rest of the house is imported here, and nothing here is imported there.
"""
