"""Parley's library: plain Python that measures and compares commentary. It never imports Dagster."""
