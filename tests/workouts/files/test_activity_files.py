"""Reading recorded activities: FIT, TCX and GPX, compressed or not; and files that are broken or hostile."""

import datetime
import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import gpxpy.gpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.activities import RUN, SIX, fit, lap, tcx, track
from workouts.files.activities import fit as fit_reader
from workouts.files.activities.activity import Activity, NotAnActivity
from workouts.files.activities.recognizing import MOST_UNPACKED, is_activity, read_activities
from workouts.files.activities.sports import workout_type_of

MB = 1024**2


def one(content: bytes) -> Activity:
    assert is_activity(content)
    (activity,) = read_activities(content).activities
    return activity


def zipped(name: str, content: bytes) -> bytes:
    return zipped_files({name: content})


def zipped_files(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_fit_file_says_what_its_session_says() -> None:
    found = one(fit(RUN))
    assert found == Activity(
        started_at=SIX,
        workout_type="Run",
        hours=0.75,
        metres=8000,
        tss=55.5,
        intensity=0.86,
        heart_rate=140,
        power=250,
    )


@pytest.mark.parametrize(
    ("sport", "sub_sport", "title"),
    [
        ("training", "yoga", "Yoga"),
        ("fitness_equipment", "stair_climbing", "Stair climbing"),
        ("rock_climbing", "generic", "Rock climbing"),
        ("generic", "generic", ""),
        ("running", "trail", ""),
    ],
)
def test_a_sport_without_a_type_of_its_own_is_named(sport: str, sub_sport: str, title: str) -> None:
    assert one(fit({**RUN, "sport": sport, "sub_sport": sub_sport})).title == title
    assert one(fit({**RUN, "sport": sport, "sport_profile_name": "Stairs "})).title == "Stairs"


def test_a_fit_file_has_what_the_athlete_entered_and_the_intensity_by_power() -> None:
    ride = {name: value for name, value in RUN.items() if name not in ("intensity_factor", "training_stress_score")}
    entered = {"workout_rpe": 60, "workout_feel": 75, "normalized_power": 230, "threshold_power": 250}
    found = one(fit({**ride, **entered}))
    assert (found.rpe, found.feeling, found.intensity, found.tss) == (6, 4, 0.92, None)
    worst = one(fit({**ride, "workout_feel": 0}))
    assert (worst.rpe, worst.feeling, worst.intensity) == (None, 1, None)


def test_a_multisport_file_has_an_activity_for_each_sport_without_transitions() -> None:
    parts = [{**RUN, "sport": sport} for sport in ("swimming", "transition", "cycling", "transition", "running")]
    assert [activity.workout_type for activity in read_activities(fit(*parts)).activities] == ["Swim", "Bike", "Run"]


def test_what_a_sensor_did_not_measure_is_left_out() -> None:
    bare = {name: RUN[name] for name in ("start_time", "sport", "total_elapsed_time")}
    found = one(fit({**bare, "avg_heart_rate": 0, "total_distance": 0.0}))
    assert (found.hours, found.metres, found.heart_rate, found.power) == (2800 / 3600, None, None, None)


def test_a_gpx_file_is_as_long_as_its_segments() -> None:
    file = track()
    found = one(file.to_xml().encode())
    assert (found.started_at, found.workout_type, found.title) == (SIX, "Run", "Morning run")
    assert found.hours == pytest.approx(98 * 10 / 3600), "without the pause between the segments"
    assert found.metres == pytest.approx(file.length_2d(), rel=0.005)


def recorded(interval: int, gap: int, metres: float) -> gpxpy.gpx.GPX:
    """Twice half an hour at 3 m/s in one segment, and `gap` seconds between, in which the athlete gets so far."""
    file = track(0)
    seconds = [*range(0, 1801, interval), *range(1800 + gap, 3601 + gap, interval)]
    for second in seconds:
        way = 3 * second if second <= 1800 else 3 * (second - gap) + metres
        place = 48 + way / 111_195, 11
        file.tracks[0].segments[0].points.append(
            gpxpy.gpx.GPXTrackPoint(*place, time=SIX + datetime.timedelta(seconds=second))
        )
    return file


@pytest.mark.parametrize(
    ("interval", "gap", "metres"),
    [(1, 1800, 0), (1, 1800, 400), (5, 120, 10), (1, 1800, 600), (1, 300, 2000)],
    ids=["a pause", "walked to the café", "a short pause", "walked on", "a tunnel"],
)
def test_a_gpx_file_is_as_long_as_gpxpy_says_that_the_athlete_moved(interval: int, gap: int, metres: float) -> None:
    file = recorded(interval, gap, metres)
    found = one(file.to_xml().encode())
    moved = file.tracks[0].get_moving_data(raw=True)
    assert found.hours == pytest.approx(moved.moving_time / 3600)
    assert found.metres == pytest.approx(moved.moving_distance, rel=0.005)
    assert (found.hours < 1.001) == (metres < gap / 3.6)


@pytest.mark.parametrize(("interval", "gap"), [(1, 20), (60, 300)])
def test_a_gap_that_is_no_longer_than_recorders_write_is_no_pause(interval: int, gap: int) -> None:
    assert one(recorded(interval, gap, 0).to_xml().encode()).hours == pytest.approx((3600 + gap) / 3600)


def test_a_gpx_file_has_heart_rate_and_power_in_its_extensions() -> None:
    points = "".join(
        f'<trkpt lat="48.{number}" lon="11"><time>2026-11-23T06:00:0{number}Z</time><extensions><power>{200 + number}'
        f"</power><gpxtpx:TrackPointExtension><gpxtpx:hr>{140 + number}</gpxtpx:hr></gpxtpx:TrackPointExtension>"
        "</extensions></trkpt>"
        for number in (0, 4)
    )
    found = one(f'<gpx xmlns:gpxtpx="x"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode())
    assert (found.heart_rate, found.power, found.workout_type) == (142, 202, "Other")


def test_a_tcx_file_is_the_sum_of_its_laps_with_weighted_averages() -> None:
    found = one(tcx(lap(1800, 15_000, 120, 150), lap(600, 5000, 160, 250)))
    assert (found.started_at, found.workout_type, found.hours, found.metres) == (SIX, "Bike", 2400 / 3600, 20_000)
    assert (found.heart_rate, found.power) == (130, 175)


def test_the_points_of_a_tcx_file_stand_in_for_averages_that_its_laps_lack() -> None:
    found = one(tcx(lap(60, 500, heart_rate=None, watts=None)))
    assert (found.heart_rate, found.power, found.metres) == (120, 180, 500)


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.fit", fit(RUN)), ("ride.tcx", tcx(lap(60, 500))), ("run.gpx", track().to_xml().encode())],
)
def test_a_compressed_file_is_unpacked(name: str, content: bytes) -> None:
    packed = gzip.compress(content)
    assert one(content) == one(packed) == one(zipped(name, content)) == one(zipped(f"{name}.gz", packed))


LONG = gzip.compress(tcx(lap(60, 500)) + b" " * 30 * 1024**2)


def test_an_archive_has_the_activities_of_its_files_each_once() -> None:
    later = {**RUN, "start_time": SIX + datetime.timedelta(days=1), "sport": "cycling"}
    again = track().to_xml().encode()  # begins at six, too
    good = {"a.fit": fit(RUN), "b.fit.gz": gzip.compress(fit(later)), "c.gpx": again}
    bad = {"plan.csv": b"Title", "d.fit": fit(RUN)[:-30], "e.tcx": b"%PDF-1.7"}
    found, unread = read_activities(zipped_files(bad | good))
    assert [reason.split(".")[:2] for reason in unread] == [
        ["plan", "csv: This is no recorded activity"],
        ["d", "fit: This FIT file is truncated or corrupt"],
        ["e", "tcx: This is a PDF document ("],
    ]
    assert [(one.workout_type, one.started_at.day, one.power) for one in found] == [("Run", 23, 250), ("Bike", 24, 250)]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.fit": fit(RUN)[:-30], "b.csv": b""}, r"a\.fit: This FIT file is truncated"),
        (
            {f"{number}.fit": fit(RUN) for number in range(51)},
            "These are 51 recorded activities. Import up to 50 at a time",
        ),
        (
            {f"{n}.tcx.gz": gzip.compress(tcx(lap(60, 500)) + b" " * 30 * MB) for n in range(2)},
            "Import fewer at a time",
        ),
        (
            {f"{n}.gpx.gz": gzip.compress(bytes(30 * MB))[:-9] for n in range(2)} | {"a.fit": fit(RUN)},
            "Import fewer at a time",
        ),
    ],
    ids=["truncated", "too many", "too long", "too long and truncated"],
)
def test_an_archive_without_an_activity_that_can_be_read_is_refused_and_one_that_is_too_long(
    files: dict[str, bytes], reason: str
) -> None:
    with pytest.raises(NotAnActivity, match=reason):
        read_activities(zipped_files(files))


@pytest.mark.parametrize("nothing", ["", "-", "NaN", "inf"])
def test_what_a_sensor_left_empty_at_a_point_is_ignored(nothing: str) -> None:
    gpx = track().to_xml()
    values = "".join(f"<{name}>{{}}</{name}>" for name in ("hr", "cad", "atemp", "power"))
    first, second, *others = gpx.split("</trkpt>")
    measured = [first + f"<extensions><x>{values.format(*[140] * 4)}</x></extensions>"]
    failed = [second + f"<extensions><x>{values.format(*[nothing] * 4)}</x></extensions><ele>{nothing}</ele>"]
    lost = [f'<trkpt lat="{nothing}" lon="11"><time>{nothing}</time>']
    found = one("</trkpt>".join([*measured, *failed, *lost, *others]).encode())
    assert found == one(gpx.encode()).model_copy(update={"heart_rate": 140, "power": 140})

    laps = [lap(60, 500, None, None), lap(60, 500, None, None).replace(">120<", f">{nothing}<")]
    laps[1] = laps[1].replace(">180<", f">{nothing}<").replace("<DistanceMeters>3.5", f"<DistanceMeters>{nothing}")
    found = one(tcx(*laps))
    assert (found.heart_rate, found.power, found.metres) == (120, 180, 1000)


def test_a_heart_rate_of_0_is_none_and_no_watts_are_a_power() -> None:
    first, second, *others = track().to_xml().split("</trkpt>")
    values = "<extensions><x><hr>{0}</hr><power>{0}</power></x></extensions>"
    found = one("</trkpt>".join([first + values.format(140), second + values.format(0), *others]).encode())
    assert (found.heart_rate, found.power) == (140, 70)

    laps = lap(60, 500, None, None), lap(60, 500, None, None).replace(">120<", ">0<").replace(">180<", ">0<")
    found = one(tcx(*laps))
    assert (found.heart_rate, found.power) == (120, 90)


BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@pytest.mark.parametrize("content", [tcx(lap(60, 500)), track().to_xml().encode()], ids=["TCX", "GPX"])
def test_white_space_before_the_declaration_is_ignored(content: bytes) -> None:
    assert content.startswith(b"<?xml")
    for before in (" " * 10, "\r\n\t", BOM, f"{BOM}\n  "):
        assert one(before.encode() + content) == one(content)


@pytest.mark.parametrize("content", [tcx(lap(60, 500)), track().to_xml().encode()], ids=["TCX", "GPX"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_may_be_in_utf_16_whatever_its_declaration_says(content: bytes, encoding: str) -> None:
    assert b'encoding="UTF-8"' in content
    for text in (content.decode(), content.decode().replace("UTF-8", "UTF-16"), f"\n  {content.decode()}"):
        assert one((BOM + text).encode(encoding)) == one(content)


@pytest.mark.parametrize(
    ("sport", "sub_sport", "expected"),
    [
        ("running", "trail", "Run"),
        ("cycling", "mountain", "Mtn Bike"),
        ("Biking", "", "Bike"),
        ("9", "", "Run"),
        ("open_water_swimming", "", "Swim"),
        ("training", "strength_training", "Strength"),
        ("cross_country_skiing", "", "XC-Ski"),
        ("hiking", "", "Walk"),
        ("rowing", "", "Rowing"),
        ("fitness_equipment", "indoor_rowing", "Rowing"),
        ("golf", "", "Other"),
        ("", "", "Other"),
    ],
)
def test_sports_are_workout_types(sport: str, sub_sport: str, expected: str) -> None:
    assert workout_type_of(sport, sub_sport) == expected


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx><trk/></gpx>'
POINT = b'<trkpt lat="48" lon="11"><time>2026-11-23T06:00:00Z</time></trkpt>'

REFUSED = {
    "truncated FIT": (fit(RUN)[:-20], "This FIT file is truncated or corrupt."),
    "corrupt FIT": (fit(RUN).replace(b"\x8c", b"\x8d"), "This FIT file is truncated or corrupt."),
    "FIT without a session": (fit(), "This FIT file has no session"),
    "FIT without a time": (fit({"sport": "running"}), "The file does not say when the activity began."),
    "FIT that took no time": (fit({**RUN, "total_timer_time": 0.0, "total_elapsed_time": 0.0}), "how long"),
    "GPX with entities": (LAUGHS, "declares a document type or entities"),
    "GPX with a document type": (OUTSIDE, "declares a document type or entities"),
    "GPX route": (b'<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>', "This GPX file has no times"),
    "GPX of one point": (b"<gpx><trk><trkseg>" + POINT + b"</trkseg></trk></gpx>", "how long the activity took"),
    "truncated GPX": (track().to_xml().encode()[:-50], "truncated or malformed"),
    "GPX without anything": (b"<gpx><trk><trkseg><trkpt/></trkseg></trk></gpx>", "This GPX file has no times"),
    "deep GPX": (b"<gpx>" + b"<trk>" * 100_000, "nested too deeply"),
    "GPX in an unknown encoding": (b'<?xml version="1.0" encoding="x"?><gpx/>', "truncated or malformed"),
    "truncated UTF-16": (track().to_xml().encode("utf-16")[:-51], "truncated or malformed"),
    "TCX course": (tcx().replace(b"Activit", b"Cours"), "This TCX file has no recorded activity"),
    "TCX without laps": (tcx(), "The file does not say when the activity began."),
    "TCX of an absurd length": (tcx(lap(1e9, 1)), "how long the activity took"),
    "compressed something": (
        gzip.compress(b"%PDF-1.7"),
        "This is a PDF document (.pdf). Import a FIT, TCX or GPX file",
    ),
    "truncated .gz": (gzip.compress(track().to_xml().encode())[:-30], "This compressed file is truncated."),
    "corrupt archive": (b"PK\x03\x04" + bytes(50), "This ZIP archive is truncated or corrupt."),
    "corrupt .gz": (gzip.compress(fit(RUN))[:-8] + bytes(8), "This compressed file is corrupt."),
    "two in a .zip": (zipped("a.fit", b"") + b"", "Import a FIT, TCX or GPX file, also as .gz or .zip."),
    "too large": (b"<gpx>" + b" " * 10 * MB, "The file is larger than 10 MB."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_the_reason(name: str) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(NotAnActivity) as refusal:
        read_activities(content)
    assert reason in str(refusal.value)


def peak_of(action: Callable[[], object]) -> int:
    """The most memory that it takes at any time, in bytes."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def bomb(unpacked: int) -> bytes:
    """Zeros, compressed with gzip a thousandfold."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join([packer.compress(bytes(MB)) for _ in range(unpacked // MB)] + [packer.flush()])


def test_a_fit_file_is_refused_by_its_size_before_it_is_read() -> None:
    with pytest.raises(NotAnActivity, match="Unpacked, this FIT file is larger than 10 MB"):
        read_activities(gzip.compress(fit(RUN) + bytes(10 * MB)))


@pytest.mark.parametrize("packed", [bomb(4 * MOST_UNPACKED), zipped("a.fit", bytes(4 * MOST_UNPACKED))])
def test_a_bomb_is_unpacked_no_further_than_the_limit(packed: bytes) -> None:
    def unpack() -> None:
        with pytest.raises(NotAnActivity, match="Unpacked, the file is larger than 50 MB"):
            read_activities(packed)

    assert peak_of(unpack) < 2.2 * MOST_UNPACKED


def test_a_large_track_is_read_as_a_stream() -> None:
    file = track(20_000).to_xml().encode()
    assert peak_of(lambda: read_activities(file)) < len(file) / 2


def test_a_fit_file_with_more_records_than_an_activity_can_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_reader, "MOST_VALUES", 100)
    assert one(fit(RUN, records=20))
    with pytest.raises(NotAnActivity, match="more records"):
        read_activities(fit(RUN, records=30))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([fit(RUN), tcx(lap(60, 500)), track(4).to_xml().encode(), gzip.compress(fit(RUN))]),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=5),
    st.integers(0, 10_000),
)
def test_a_damaged_file_is_read_or_refused(content: bytes, damages: list[tuple[int, bytes]], cut: int) -> None:
    damaged = bytearray(content[: len(content) - cut % len(content) // 4])
    for place, garbage in damages:
        damaged[place % len(damaged) : place % len(damaged) + len(garbage)] = garbage
    with suppress(NotAnActivity):
        read_activities(bytes(damaged))


def test_tracks_of_one_activity_are_added_up_and_others_are_not() -> None:
    file = track(sport="cycling")
    again, later, run = track(sport="cycling"), track(sport="cycling"), track()
    for other, hours in ((again, 1.4), (later, 30), (run, 31.4)):
        other.adjust_time(datetime.timedelta(hours=hours))
        file.tracks += other.tracks
    found = read_activities(file.to_xml().encode()).activities
    assert [(one.workout_type, str(one.started_at.date())) for one in found] == [
        ("Bike", "2026-11-23"),
        ("Bike", "2026-11-24"),
        ("Run", "2026-11-24"),
    ]
    assert found[0].hours == pytest.approx(2 * found[1].hours)
