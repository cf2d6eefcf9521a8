"""Evaluation: how far the measures agree with coding done by hand."""
