"""The Dagster face of Parley: assets, checks and wiring over `pipeline`. Nothing imports it."""
