"""Targets and heads up to their limits, and past them: 8 KiB, 100 fields, 16 KiB."""
from raw import request, row


def target_of(size):
    return "/" + "x" * (size - 1)


def fields(count, value_size):
    """Host makes one more of them."""
    return [f"X-{number:03}: {'y' * value_size}" for number in range(count - 1)]


ROWS = [
    row("a target of 8 KiB", request(target_of(8192)), 404, closes=None),
    row("a query up to 8 KiB", request("/?" + "x" * 8190), 200),
    row("a target past 8 KiB", request(target_of(8193)), 414, closes=None),
    row("a target of 12 KiB", request(target_of(12000)), 414, closes=None),
    row("100 fields", request("/", *fields(100, 10)), 200),
    row("100 fields of 100 bytes", request("/", *fields(100, 92)), 200),
    row("101 fields", request("/", *fields(101, 10)), 431, closes=True),
    row("a head of nearly 16 KiB", request("/", "X: " + "y" * 16000), 200),
    row("a head past 16 KiB", request("/", "X: " + "y" * 16500), 431, closes=True),
    row("a head of 100 KiB", request("/", *fields(100, 1000)), 431, closes=True),
    row("a target of 100 KiB", request(target_of(100_000)), {414, 431}, closes=True),
]
