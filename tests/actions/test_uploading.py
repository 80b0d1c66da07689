from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from customary.actions.uploading import Wanted, digest_of, system_of
from customary.config.settings import SystemConfig
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.zynk.config import ZynkConfig
from customary.errors import ConfigError
from customary.model.limits import LIFTED, Limit, Limits

SAGE = SystemConfig(
    name="sage", connector="sage200", business_unit="MAIN", settings=Sage200Config(client_id="c")
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "in.xml"
    path.write_text("<Customers/>", encoding="utf-8")
    return path


def test_an_upload_is_an_operation_of_its_own_that_may_create_any_number(file: Path) -> None:
    plain = Wanted(file=file, to="sage").operation()
    assert (plain.name, plain.source, plain.target) == ("upload:sage", "upload:sage", "sage")
    assert (plain.limits.create, plain.limits.update) == (LIFTED, Limits().update)
    limited = Wanted(file=file, to="sage", source="shop", limit="12").operation()
    assert (limited.name, limited.source) == ("upload:sage", "shop")
    assert limited.limits.create == limited.limits.update == Limit(count=12)
    half = Wanted(file=file, to="sage", limit="50%").operation()
    assert (half.limits.create, half.limits.update) == (LIFTED, Limit(share=Decimal("0.5")))
    with pytest.raises(ConfigError, match="is not a share"):
        Wanted(file=file, to="sage", limit="much").operation()


def test_what_the_file_held_is_kept_with_the_run(file: Path) -> None:
    kept = Wanted(file=file, to="sage").upload()
    assert (kept.file, kept.digest) == (str(file.resolve()), digest_of(file))
    file.write_text("<Customers></Customers>", encoding="utf-8")
    assert digest_of(file) != kept.digest
    with pytest.raises(ConfigError, match="cannot be read"):
        Wanted(file=file.with_name("nothing.xml"), to="sage").upload()


def test_a_file_has_the_settings_of_the_system_that_it_is_read_as(file: Path) -> None:
    upload = Wanted(file=file, to="sage").upload()
    own = system_of(upload, "upload:sage", None, SAGE)
    assert (own.connector, own.business_unit, own.settings) == ("zynk", "MAIN", ZynkConfig(file=upload.file))
    settings = ZynkConfig(file=str(file.with_name("usual.xml")), ignore_empty=True, page=7)
    shop = SystemConfig(name="shop", connector="zynk", business_unit="OTHER", settings=settings, mapping=file)
    named = system_of(upload, "shop", shop, SAGE)
    assert named.settings == ZynkConfig(file=upload.file, ignore_empty=True, page=7)
    assert (named.name, named.mapping, named.business_unit) == ("shop", file, "MAIN")


def test_a_name_that_is_no_file_and_a_target_that_is_no_sage_are_refused(file: Path) -> None:
    upload = Wanted(file=file, to="sage").upload()
    for named in (None, SAGE):
        with pytest.raises(ConfigError, match="--from sage2: there is no system"):
            system_of(upload, "sage2", named, SAGE)
    other = SystemConfig(name="erp", connector="syspro", business_unit="MAIN", settings=SAGE.settings)
    with pytest.raises(ConfigError, match="erp is no Sage 200"):
        system_of(upload, "upload:erp", None, other)
