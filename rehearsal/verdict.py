"""Whether the deploy would have gone well, by thresholds. Pure."""

from dataclasses import dataclass

from rehearsal.recording import Recording, Sample


@dataclass(frozen=True)
class Thresholds:
    """`slowest` is how many times the slowest of the quiet minute, or at least `patience` milliseconds."""

    slowest: float = 3
    patience: float = 100
    errors: int = 0


def slowest(samples: list[Sample]) -> float:
    return max((sample.milliseconds for sample in samples), default=0.0)


def permille(samples: list[Sample]) -> float:
    """The 99.9th percentile."""
    taken = sorted(sample.milliseconds for sample in samples)
    return taken[min(len(taken) - 1, int(len(taken) * 0.999))] if taken else 0.0


def faults(recording: Recording, thresholds: Thresholds) -> list[str]:
    """Sentences; none if all went well."""
    found = [recording.failure] if recording.failure else []
    errors = [sample for sample in recording.samples if sample.error]
    if len(errors) > thresholds.errors:
        found.append(f"{len(errors)} of {len(recording.samples)} failed, the first with: {errors[0].error}")
    if quiet := recording.named("quiet"):
        allowed = max(thresholds.patience, thresholds.slowest * slowest(recording.during(quiet)))
        for phase in (one for one in recording.phases if one.within):
            worst = slowest([one for one in recording.during(phase) if one.kind == "the old version"])
            if worst > allowed:
                found.append(
                    f"During {phase.name} the old version waited {worst:.0f} ms; allowed are {allowed:.0f} ms."
                )
    return found
