"""Whether the deploy would have gone well, by thresholds. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from releases.rehearsal.recording import NEW, OLD, Recording, Sample

SHOWN = 5  # different errors
SERVING = ("overlap", f"{NEW} alone", "next release")  # the steps in which the new version gets requests
COLD = 1  # second after a start, in which requests are slow; the quiet time has no such requests, either
LATE = 0.25  # seconds after which the beginning of a migration is noticed on a busy machine


@dataclass(frozen=True)
class Thresholds:
    """`slower` is how many times the slowest, and the percentile, of the quiet time are allowed; `patience`
    milliseconds are allowed in any case; `rewritten` is in bytes."""

    slower: float = 3
    patience: float = 100
    percentile: float = 99.9
    errors: int = 0
    rewritten: int = 1_000_000


def slowest(samples: list[Sample]) -> float:
    return max((sample.milliseconds for sample in samples), default=0.0)


def percentile(samples: list[Sample], percent: float) -> float:
    taken = sorted(sample.milliseconds for sample in samples)
    return taken[min(len(taken) - 1, int(len(taken) * percent / 100))] if taken else 0.0


def faults(recording: Recording, thresholds: Thresholds) -> list[str]:
    """Sentences; none if all went well."""
    found = [*recording.breaking]
    if sum(bool(sample.error) for sample in recording.samples) > thresholds.errors:
        found += _errors(recording)
    found += _waits(recording, thresholds)
    for phase in recording.migrations():
        for table, size in phase.rewritten().items():
            if size > thresholds.rewritten:
                found.append(
                    f"{phase.name} rewrote {table} ({size / 1e6:.1f} MB), which nobody can read or write meanwhile."
                )
    return found


def _errors(recording: Recording) -> Iterator[str]:
    """Each different one, with since when."""
    failed = [sample for sample in recording.samples if sample.error]
    all_of = Counter(sample.kind for sample in recording.samples)
    kinds = Counter((sample.kind, sample.error) for sample in failed)
    for (kind, error), count in kinds.most_common(SHOWN):
        first = min((one for one in failed if (one.kind, one.error) == (kind, error)), key=lambda one: one.at)
        yield f"{kind.capitalize()}: {count} of {all_of[kind]} failed, {_since(recording, first)}: {error}"
    if len(kinds) > SHOWN:
        yield f"There were {len(kinds) - SHOWN} other errors."


def _since(recording: Recording, first: Sample) -> str:
    """The migrations since the same last succeeded; for what the new version does, and without any, the step."""
    same = [one.at for one in recording.samples if (one.kind, one.sent) == (first.kind, first.sent) and not one.error]
    succeeded = max((at for at in same if at < first.at), default=0.0)
    suspects = [one.name for one in recording.migrations() if one.begin <= first.end + LATE and one.end >= succeeded]
    if first.kind == OLD and suspects:
        return f"since {' or '.join(suspects)}"
    steps = [phase.name for phase in recording.phases if phase.begin <= first.at and not phase.within]
    return f"in the step `{steps[-1]}`"


def _waits(recording: Recording, thresholds: Thresholds) -> Iterator[str]:
    quiet = recording.named("quiet")
    if not quiet:
        return
    before = recording.during(quiet)
    allowed = max(thresholds.patience, thresholds.slower * slowest(before))
    for name, worst in _longest_waits(recording).items():
        if worst > allowed:
            yield f"During {name} the old version waited {worst:.0f} ms; allowed are {allowed:.0f} ms."
    usual = max(thresholds.patience, thresholds.slower * percentile(before, thresholds.percentile))
    for whose, samples in _compared(recording, before):
        measured = percentile(samples, thresholds.percentile)
        if measured > usual:
            yield f"{whose} {thresholds.percentile:g}th percentile was {measured:.0f} ms; allowed are {usual:.0f} ms."


def _compared(recording: Recording, before: list[Sample]) -> Iterator[tuple[str, list[Sample]]]:
    """What is as fast as `before`, in the quiet time. Of the new version, only the requests that the old one got."""
    if release := recording.named("release") or recording.named(f"start of {NEW}"):
        yield f"During the release {OLD}'s", [one for one in recording.during(release) if one.kind == OLD]
    sent = {one.sent for one in before}
    starts = [phase.end for phase in recording.phases if phase.name == f"start of {NEW}"]
    for phase in filter(None, map(recording.named, SERVING)):
        same = [one for one in recording.during(phase) if one.kind == NEW and one.sent in sent]
        warm = [one for one in same if not any(start <= one.at < start + COLD for start in starts)]
        yield f"In the step `{phase.name}` {NEW}'s", warm


def _longest_waits(recording: Recording) -> dict[str, float]:
    """By migration, in milliseconds. A wait is of the one during which most of it passed."""
    found: dict[str, float] = {}
    for sample in recording.samples:
        shares = {one.name: min(sample.end, one.end) - max(sample.at, one.begin) for one in recording.migrations()}
        name = max(shares, key=lambda one: shares[one], default="")
        if sample.kind == OLD and name and shares[name] > 0:
            found[name] = max(sample.milliseconds, found.get(name, 0.0))
    return found
