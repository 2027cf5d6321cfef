"""The parent of the tests' databases and files: in memory, if there is plenty, no commit waits for a disk."""

import os
import shutil
from pathlib import Path

SHARED = Path("/dev/shm")
PLENTY = 2 * 2**30  # bytes; a container without further options has 64 MB there
USABLE = SHARED.is_dir() and not os.statvfs(SHARED).f_flag & os.ST_NOEXEC

TEMPORARY = str(SHARED) if USABLE and shutil.disk_usage(SHARED).free > PLENTY else None
"""The parent of temporary directories; None for the system's own."""
