"""An application with a role of its own, which has no right on a table that a release creates later."""

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_causes import as_user

PROBE = """
import psycopg
from django.test import RequestFactory
from releases.views import readyz

def probe():
    answer = readyz(RequestFactory().get("/readyz", REMOTE_ADDR="10.0.0.1"))
    print(answer.status_code, answer.content.decode())
"""
LATER = """
probe()
psycopg.connect({!r}, autocommit=True).execute("ALTER TABLE later RENAME TO releases_contract").connection.close()
probe()
"""


def test_it_stays_ready_and_a_new_process_says_what_it_may_not_read(
    role: str, project: Project, sql: Sql, database_url: str
) -> None:
    project.migration("0001_nothing", "migrations.RunSQL('SELECT 1')", atomic=False)
    assert project.manage("migrate", "-v0").returncode == 0
    sql("ALTER TABLE releases_contract RENAME TO later")
    sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; REVOKE ALL ON later FROM {role}")
    project.database_url = as_user(database_url, role, role)

    running = project.manage("shell", "-v0", "-c", PROBE + LATER.format(database_url))
    new = project.manage("shell", "-v0", "-c", f"{PROBE}\nprobe()")

    assert running.stdout == '200 {"status": "ok"}\n' * 2, running.stderr
    assert new.stdout == '503 {"status": "unavailable", "database": "permission denied for table releases_contract"}\n'
    sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
