"""Builds the sample submissions; run `python data/samples/make_samples.py`."""
