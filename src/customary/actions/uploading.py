"""An upload: a file of Zynk's customer XML, to a Sage 200, as one run that only the command asks for."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from customary.config.settings import OperationConfig, SystemConfig
from customary.connectors.registry import connector
from customary.connectors.zynk.config import ZynkConfig
from customary.errors import ConfigError
from customary.model.limits import Limit, Limits, parse_limit
from customary.model.run import Run, ScopeName, Upload

BEGINNING = "upload:"
"""What the names of uploads' operations, and of their sources, begin with."""
FORMAT = "zynk"
_CHUNK = 1 << 20


class Wanted(Struct, frozen=True, kw_only=True):
    """What the command is asked to upload, and where to."""

    file: Path
    to: str
    source: str = ""
    """The system by whose name its external ids are known; ``""``: one of the upload's own."""
    ignore_empty: bool = False
    limit: str = ""

    def operation(self) -> OperationConfig:
        """Give what is done, as an operation."""
        return _operation(self.source or f"{BEGINNING}{self.to}", self.to, self.limit)

    def upload(self) -> Upload:
        """Give what is kept with the run. Raises ``ConfigError`` when the file cannot be read."""
        place = self.file.expanduser().resolve()
        return Upload(
            file=str(place), digest=digest_of(place), ignore_empty=self.ignore_empty, limit=self.limit
        )


def operation_of(run: Run, upload: Upload) -> OperationConfig:
    """Give what a run that uploads a file does, as an operation. Raises ``ConfigError`` when it changed."""
    if digest_of(Path(upload.file)) != upload.digest:
        raise ConfigError(f"{upload.file} changed after its upload began: upload it again")
    return _operation(run.source, run.target, upload.limit)


def system_of(upload: Upload, name: str, named: SystemConfig | None, goal: SystemConfig) -> SystemConfig:
    """Give the file as a system called ``name``, with the settings of the one that is ``named`` so.

    Raises ``ConfigError`` when there is none, and when the file's customers cannot go to ``goal``.
    """
    if connector(goal.connector).words != connector(FORMAT).words:
        raise ConfigError(
            f"{goal.name} is no Sage 200, which these files are for; its connector is '{goal.connector}'"
        )
    settings = ZynkConfig(file=upload.file, ignore_empty=upload.ignore_empty)
    if name == f"{BEGINNING}{goal.name}":
        return SystemConfig(name=name, connector=FORMAT, business_unit=goal.business_unit, settings=settings)
    if named is None or not isinstance(named.settings, ZynkConfig):
        raise ConfigError(f"--from {name}: there is no system of this name whose connector is '{FORMAT}'")
    ignored = upload.ignore_empty or named.settings.ignore_empty
    return SystemConfig(
        name=name,
        connector=FORMAT,
        business_unit=goal.business_unit,
        currencies=named.currencies,
        mapping=named.mapping,
        settings=ZynkConfig(file=upload.file, ignore_empty=ignored, page=named.settings.page),
    )


def digest_of(file: Path) -> str:
    """Give a digest of what a file holds. Raises ``ConfigError`` when it cannot be read."""
    digest = blake2b(digest_size=16)
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    return digest.hexdigest()


def _operation(source: str, target: str, limit: str) -> OperationConfig:
    # A first file may create any number, of which no share of what Sage has says anything; whatever is in
    # Sage already is as safe as from an operation.
    wanted = parse_limit(int(limit) if limit.isdecimal() else limit) if limit else Limits().update
    return OperationConfig(
        name=f"{BEGINNING}{target}",
        command="UploadCustomers",
        source=source,
        target=target,
        scope=ScopeName.ALL,
        limits=Limits(create=Limit(count=wanted.count), update=wanted),
    )
