"""The commands behind `make`. What runs before an environment exists keeps to the standard library and Python 3.9."""
