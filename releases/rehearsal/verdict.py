"""Whether the deploy would have gone well, by thresholds. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from releases.rehearsal.recording import NEW, OLD, Phase, Recording, Sample

SHOWN = 5  # different errors


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
    found = [recording.failure] if recording.failure else []
    found += recording.breaking
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
    """Each different one, with where it was seen first."""
    failed = [sample for sample in recording.samples if sample.error]
    all_of = Counter(sample.kind for sample in recording.samples)
    kinds = Counter((sample.kind, sample.error) for sample in failed)
    for (kind, error), count in kinds.most_common(SHOWN):
        first = min(sample.at for sample in failed if (sample.kind, sample.error) == (kind, error))
        where = _where(recording, kind, first)
        yield f"{kind.capitalize()}: {count} of {all_of[kind]} failed, the first {where}: {error}"
    if len(kinds) > SHOWN:
        yield f"There were {len(kinds) - SHOWN} other errors."


def _where(recording: Recording, kind: str, at: float) -> str:
    """What the old version meets is the work of the last migration; the new version's is its own."""
    begun = [phase for phase in recording.phases if phase.begin <= at]
    migrations = [phase for phase in begun if phase.within]
    if kind == OLD and migrations:
        last = migrations[-1]
        return f"{'while' if at < last.end else 'after'} {last.name} was applied"
    steps = [phase for phase in begun if not phase.within]
    return f"in the step `{steps[-1].name}`"


def _waits(recording: Recording, thresholds: Thresholds) -> Iterator[str]:
    quiet = recording.named("quiet")
    if not quiet:
        return
    before = recording.during(quiet)
    allowed = max(thresholds.patience, thresholds.slower * slowest(before))
    for phase in recording.migrations():
        worst = slowest(_of_the_old_version(recording, phase))
        if worst > allowed:
            yield f"During {phase.name} the old version waited {worst:.0f} ms; allowed are {allowed:.0f} ms."
    usual = max(thresholds.patience, thresholds.slower * percentile(before, thresholds.percentile))
    release = recording.named("release") or recording.named(f"start of {NEW}")
    measured = percentile(_of_the_old_version(recording, release), thresholds.percentile) if release else 0
    if measured > usual:
        yield (
            f"During the release the old version's {thresholds.percentile:g}th percentile was {measured:.0f} ms;"
            f" allowed are {usual:.0f} ms."
        )


def _of_the_old_version(recording: Recording, phase: Phase) -> list[Sample]:
    return [sample for sample in recording.during(phase) if sample.kind == OLD]
