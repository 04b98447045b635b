"""Clients: one that waits for each answer, and sixteen at once on kept connections."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

CLIENTS = 16


@dataclass(frozen=True, slots=True)
class Throughput:
    """What all clients together got: good answers only, since a refusal is quickly given."""

    per_second: float
    milliseconds: list[float]


def alone(url: str, paths: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each path, asked by one client, one after the other."""
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    found: dict[str, list[float]] = {path: [] for path in paths}
    for number in range(rounds + 1):
        for path in paths:
            started = time.perf_counter()
            client.request("GET", path)
            answer = client.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} for {path}")
            if number:  # the first round warms up
                found[path].append((time.perf_counter() - started) * 1000)
    client.close()
    return found


def together(url: str, paths: Sequence[str], seconds: float, clients: int = CLIENTS) -> Throughput:
    """Return the throughput of clients that ask in turn for all paths, each at its own place in the list.

    RuntimeError where any answer is no good.
    """
    return asyncio.run(_together(url, [_get(path) for path in paths], seconds, clients))


def posted(
    url: str, path: str, bodies: Sequence[bytes], seconds: float, *, headers: str = "", clients: int = CLIENTS
) -> Throughput:
    """Return the throughput of clients that post all JSON bodies in turn to one path, with these header lines."""
    calls = [
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]
    return asyncio.run(_together(url, calls, seconds, clients))


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n".encode()


async def _together(url: str, calls: Sequence[bytes], seconds: float, clients: int) -> Throughput:
    parts = urlsplit(url)
    warm_until = time.perf_counter() + min(2.0, seconds / 3)
    until = warm_until + seconds
    times: list[float] = []

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        place = number * len(calls) // clients
        while (started := time.perf_counter()) < until:
            call = calls[place % len(calls)]
            writer.write(call)
            place += 1
            status, body = await _answer(reader)
            if status != 200:
                raise RuntimeError(f"{status} to {call.partition(b' HTTP/')[0].decode()}: {body[:400].decode()}")
            if started >= warm_until:
                times.append((time.perf_counter() - started) * 1000)
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return Throughput(len(times) / seconds, times)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer: its status and its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        body = await reader.readexactly(length)
    else:
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    return int(head.split(" ", 2)[1]), body
