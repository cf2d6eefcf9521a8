"""Comparison: documents, analysts and terms set against each other."""
