"""What a workout in one line is made of: figures with their units, times of day, and what is none of them."""

import re

TIMES = "x*\N{MULTIPLICATION SIGN}"
NUMBER = r"\d+(?:[.,]\d+)?"
HOURS, MINUTES, SECONDS = "(?:h|hrs?|hours?|std|stunden?)", "(?:mins?|minutes?|minuten)", "(?:s|secs?|seconds?)"
MINUTE_MARK = "['\N{RIGHT SINGLE QUOTATION MARK}\N{PRIME}]"
SECOND_MARK = "(?:[\"\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE PRIME}]|'')"
KILOMETRES, MILES = "(?:kms?|k|kilomet(?:re|er)s?)", "(?:mi|miles?)"
YARDS, METRES = "(?:yds?|yards?)", "(?:m|met(?:re|er)s?)"
DISTANCE = rf"(?:{KILOMETRES}|{MILES}|{YARDS}|{METRES})"
BEGIN, END = r"(?<![\w.,:/\-\N{EN DASH}])", r"(?![\w/%]|[.,:\-\N{EN DASH}]\d)"
"""A figure with anything else at it, such as `3/4h` and `30-45min`, means another one."""

UNIT = rf"(?:{HOURS}|{MINUTES}|{SECONDS}|{DISTANCE}|w|watts?|rpm|bpm|tss|reps?|laps?|sets?)"
NO_UNIT = rf"(?!\s*(?:[{TIMES}]\s*\d|{MINUTE_MARK}|{UNIT}(?!\w)))"
"""A number before one is not the minutes of hours, as in `1h 10 x 400m` and `1h 50 TSS`, nor a TSS after `TSS`."""

PARTS = re.compile(
    rf"""{BEGIN} (?:
        (?P<title> \d+ \s* [{TIMES}] \s* {NUMBER} (?!/\d)
                   (?: \s* (?:{DISTANCE}|{HOURS}|{MINUTES}|{SECONDS}|['"]) (?!\w) )?
                 | \d+ (?: : | {MINUTE_MARK} ) [0-5]\d {SECOND_MARK}? \s* (?:{MINUTES}\s*)? / \s* \w+
                 | {NUMBER} \s* (?:{DISTANCE}|{MINUTES}|{MINUTE_MARK}) \s* / \s* [^\W\d]+
                 | {NUMBER} \s* (?:{KILOMETRES}|{MILES}) \s+ (?:race\s+)? (?:pace|effort) (?!\w) )
      | (?: at\s+ | @\s* )? (?P<time> \d\d?(?:[:.]\d\d)? \s* [ap]m ) (?!\w)
      | (?: at\s+ | @\s* ) (?P<clock> \d\d?[:.]\d\d ) {END}
      | (?P<slot> morning | afternoon | evening ) (?!\w)
      | (?: (?:in|for)\s+ )? (?:
            (?P<hm>
                (?P<whole> \d+ ) (?:
                    : (?P<past> [0-5]\d ) (?: : (?P<past_s> [0-5]\d ) )?
                  | \s*{HOURS}\s* (?:and\s+)? (?P<rest> [0-5]?\d ) (?:
                        \s* (?:{MINUTES}|m|{MINUTE_MARK}) (?: \s* (?P<rest_s> [0-5]?\d ) \s* {SECONDS} )?
                      | {NO_UNIT}
                    )
                )
            ) {END}
          | (?P<h> {NUMBER} ) \s* {HOURS} {END}
          | (?P<min> {NUMBER} ) \s* (?: {MINUTES} (?: \s* (?P<min_s> [0-5]?\d ) \s* {SECONDS} )? {END} | {MINUTE_MARK} )
        )
      | (?P<km> {NUMBER} ) \s* {KILOMETRES} {END}
      | (?P<mi> {NUMBER} ) \s* {MILES} {END}
      | (?P<yd> {NUMBER} ) \s* {YARDS} {END}
      | (?P<m> {NUMBER} ) \s* {METRES} {END}
      | (?P<tss> {NUMBER} ) \s* tss {END}
      | tss \s* [:=]? \s* (?P<tss_first> {NUMBER} ) {NO_UNIT} {END}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""A part of the title is one whose figures are not those of the workout: intervals, a pace, a speed."""

BARE = re.compile(rf"(?<![\w.,:]){NUMBER}(?![\w.,:%])")
UNREAD = re.compile(
    rf"\S*[\d½¼¾]\s*(?:{HOURS}|{MINUTES}|{DISTANCE}|tss)(?![^\W\d])\S*|(?<![\w/])\d+:\d\d:\d\d\S*", re.IGNORECASE
)
WITHOUT_FIGURE = re.compile(rf"(?:\S*\d\s*{SECONDS}|(?:\S+\s+)?(?:hours?|minutes?))(?!\w)", re.IGNORECASE)
"""A duration that is not read as one: in words, or of seconds."""

HOUR = re.compile(r"(?<!\w)at\s+\d\d?(?=\s*$)", re.IGNORECASE)
OTHER_DAY = re.compile(
    r"""(?<!\w)(?: today | tonight | tomorrow | yesterday | next\s+(?:week|month)
      | mon(?:day)? | tue(?:s(?:day)?)? | wed(?:nesday)? | thu(?:r(?:s(?:day)?)?)? | fri(?:day)? | sat(?:urday)?
      | sunday | (?<!the\s)sun )s?(?!\w)
      | (?<![\w.]) (?: \d{4}-\d\d-\d\d | \d\d?\.\d\d?\.(?:\d\d){0,2} | \d\d?/\d\d?/(?:\d\d){1,2} ) (?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
