"""Schedules: the daily re-ingestion. It fires while `parley ui` or a Dagster daemon runs."""

import dagster as dg

from assets.jobs import reingest

daily_reingest = dg.ScheduleDefinition(
    name="daily_reingest",
    job=reingest,
    cron_schedule="0 6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads all enabled sources every day at 06:00 UTC.",
)

SCHEDULES = [daily_reingest]
