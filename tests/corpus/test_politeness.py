"""Politeness: Retry-After, robots.txt and turns are kept to the letter, and waits never outlast their deadline."""

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.politeness import (
    Allotment,
    Clock,
    Deadline,
    OutOfTime,
    Reach,
    Robots,
    Settings,
    Turns,
    retry_after_seconds,
)

NOW = datetime(2025, 4, 22, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time that passes in sleep alone."""

    def __init__(self) -> None:
        self.time = 0.0
        self.clock = Clock(now=lambda: NOW, monotonic=lambda: self.time, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.mark.parametrize(("value", "seconds"), [
    ("0", 0), ("120", 120), (" 7 ", 7), ("Tue, 22 Apr 2025 12:01:00 GMT", 60), ("Tue, 22 Apr 2025 14:01:00 +0200", 60),
    ("Tuesday, 22-Apr-25 12:01:00 GMT", 60), ("Tue, 22 Apr 2025 11:00:00 GMT", 0),
    ("Tue, 22 Apr 2025 12:00:30 -0000", 30),
    ("", None), ("soon", None), ("-5", None), ("1.5", None), ("9" * 5000, None), ("²", None),
    ("Tue, 99 Apr 2025 12:00:00 GMT", None),
])  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_is_too_odd_to_read(value: str) -> None:
    assert (retry_after_seconds(value, NOW) or 0.0) >= 0


@pytest.mark.parametrize(("robots", "path", "allowed"), [
    ("User-agent: *\nDisallow: /", "/a", False),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: Parley\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
    ("User-agent: parley/2.0 beta\nDisallow: /a", "/a", False),
    ("User-agent: par\nDisallow: /", "/a", True),
    ("User-agent: parleybot\nDisallow: /", "/a", True),
    ("User-agent: GPTBot\nUser-agent: Parley\nDisallow: /a\n\nUser-agent: parley\nDisallow: /b", "/b", False),
    ("User-agent: GPTBot\nDisallow: /", "/a", True),
    ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", True),
    ("User-agent: *\nDisallow: /%D0%B0", "/%d0%b0", False),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("user agent : *\r\ndisallow : /a # here", "/a", False),
    ("<!doctype html><p>Not a robots file", "/a", True),
    ("Disallow: /", "/a", True),
])  # fmt: skip
def test_robots_rules_are_followed(robots: str, path: str, allowed: bool) -> None:
    assert Robots(robots.encode(), "Parley").allows(f"https://outlet.org{path}") is allowed


def test_crawl_delay_is_read_for_the_group_that_speaks_to_us() -> None:
    assert Robots(b"User-agent: *\nCrawl-delay: 7\n\nUser-agent: other\nCrawl-delay: 60", "Parley").crawl_delay == 7
    assert Robots(b"User-agent: *\nCrawl-delay: -1", "Parley").crawl_delay == 0


@given(st.binary(max_size=2000), st.text(max_size=20))
def test_no_robots_file_is_too_odd_to_read(content: bytes, path: str) -> None:
    assert Robots(content, "Parley").allows(f"https://outlet.org/{path}") in (True, False)


def test_a_robots_file_of_many_names_over_many_rules_costs_no_more_than_its_lines() -> None:
    names = b"".join(b"User-agent: n%d\n" % number for number in range(1500))
    rules = b"".join(b"Disallow: /%d\n" % number for number in range(1500))
    tracemalloc.start()
    robots = Robots(names + rules + b"User-agent: *\nDisallow: /a\n", "Parley")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert robots.allows("https://outlet.org/a") is False
    # Every name with every rule of its own would be over two million.
    assert peak < 10_000_000


def test_turns_are_spaced_from_the_end_of_one_to_the_start_of_the_next() -> None:
    fake = FakeClock()
    turns, deadline = Turns(fake.clock, 1.0, 20.0), Deadline(fake.clock, 100)
    started = []
    for _ in range(4):
        with turns.turn("outlet.org", deadline):
            started.append(fake.time)
            fake.sleep(0.5)
    assert started == pytest.approx([0, 1.5, 3.0, 4.5])


def test_hosts_do_not_wait_for_each_other() -> None:
    fake = FakeClock()
    turns, deadline = Turns(fake.clock, 1.0, 20.0), Deadline(fake.clock, 100)
    for host in "abcd":
        with turns.turn(host, deadline):
            assert fake.time == 0


@pytest.mark.parametrize(("asked", "spacing"), [(0.1, 1.0), (7.0, 7.0), (3600.0, 20.0)])
def test_a_crawl_delay_lengthens_the_spacing_up_to_a_limit_and_never_shortens_it(asked: float, spacing: float) -> None:
    fake = FakeClock()
    turns = Turns(fake.clock, 1.0, 20.0)
    turns.slow_down("outlet.org", asked)
    with turns.turn("outlet.org", Deadline(fake.clock, 100)):
        pass
    assert turns.ready_at("outlet.org") == spacing


def test_a_turn_that_would_come_too_late_is_refused_at_once_with_the_reason() -> None:
    fake = FakeClock()
    turns = Turns(fake.clock, 1.0, 20.0)
    turns.hold("outlet.org", 3600, "outlet.org asked for an hour")
    with pytest.raises(OutOfTime, match="asked for an hour"), turns.turn("outlet.org", Deadline(fake.clock, 100)):
        pass
    assert fake.time == 0


def test_a_deadline_within_another_never_lasts_longer() -> None:
    fake = FakeClock()
    whole = Deadline(fake.clock, 10)
    part = Deadline(fake.clock, 100, within=whole)
    assert part.left() == 10
    whole.cancel()
    assert part.left() < 0


def test_a_wait_ends_when_its_deadline_is_cancelled() -> None:
    fake = FakeClock()
    deadline = Deadline(fake.clock, 100)
    cancelling = Clock(now=fake.clock.now, monotonic=fake.clock.monotonic, sleep=lambda seconds: deadline.cancel())
    deadline._clock = cancelling
    with pytest.raises(OutOfTime):
        deadline.wait(50, "waiting")


def test_an_allotment_is_spent_by_exchanges_and_not_by_waits() -> None:
    fake = FakeClock()
    allotment = Allotment(fake.clock, 30, Deadline(fake.clock, 1000))
    with allotment.spend():
        fake.sleep(10)
    fake.sleep(500)
    with allotment.spend() as deadline:
        assert deadline.left() == 20


def test_a_network_looks_absent_when_several_hosts_failed_and_none_was_reached() -> None:
    reach = Reach()
    for number in range(6):
        assert reach.looks_absent is False
        reach.failed(f"host{number}")
    assert (reach.looks_absent, reach.patience(5)) == (True, 1)
    reach.reached()
    assert (reach.looks_absent, reach.patience(5)) == (False, 5)


@pytest.mark.parametrize("contact", ["a b", "x)", "a\r\nX: y", "приёмная"])
def test_a_contact_that_no_header_can_carry_is_named(contact: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        Settings(version="0.1", contact=contact)
