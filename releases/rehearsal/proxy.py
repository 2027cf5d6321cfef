"""HAProxy before several replicas, as a platform's own proxy: it sends requests to those that are healthy."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from releases.rehearsal.platforms import Platform
from releases.rehearsal.postgres import die_with_parent
from releases.rehearsal.scenario import CannotRehearseError

CONFIGURATION = """
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option redispatch
frontend web
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk
  http-check send meth GET uri {path} hdr Host {host}
  default-server check inter 500ms
"""


@contextmanager
def balanced(port: int, replicas: Sequence[int], platform: Platform) -> Iterator[None]:
    """Within, what is sent to `port` goes to one of the ports `replicas`. Raises CannotRehearseError."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if not program:
        raise CannotRehearseError(
            "haproxy is not installed, which several replicas need. On Debian: apt-get install haproxy"
        )
    lines = CONFIGURATION.format(port=port, path=platform.health_path or "/", host=platform.health_host)
    lines += "".join(f"  server replica{one} 127.0.0.1:{one}\n" for one in replicas)
    process = subprocess.Popen(
        [program, "-db", "-f", "/dev/stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(lines, timeout=0.5)
            raise CannotRehearseError(f"haproxy ended with status {process.returncode}.")
        yield
    finally:
        process.terminate()
        process.wait()
