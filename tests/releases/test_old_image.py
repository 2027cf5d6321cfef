"""An image that is brought back is released over the newer schema, before its contract and after it."""

import pytest

from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, CHANGES
from tests.releases.test_online import OldVersion, shop, succeeds

__all__ = ["shop"]

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]


@pytest.mark.parametrize("change", CHANGES)
def test_an_image_that_is_brought_back_works(shop: Project, database_url: str, change: str) -> None:
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    succeeds(shop, "migrate", COMMIT="one")
    shop.models(CHANGES[change])
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    succeeds(shop, "migrate", COMMIT="two")
    second = shop.root / "shop/migrations/0002_second.py"
    text = second.read_text()

    second.unlink()
    shop.models(BASE)
    succeeds(shop, "migrate", "--check", COMMIT="one")
    succeeds(shop, "migrate", COMMIT="one")
    with OldVersion(database_url) as old:
        succeeds(shop, "releases", COMMIT="one")
    assert old.errors == []

    second.write_text(text)
    shop.models(CHANGES[change])
    succeeds(shop, "migrate", "shop", "0001", COMMIT="two")
