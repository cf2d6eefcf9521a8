"""Corpus: from files to documents, sentences and voices."""
