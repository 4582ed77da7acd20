"""A scenario to start from: copies a template into a folder, and never writes over a file."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from simqueue.registry import did_you_mean

TEMPLATES = (
    "supermarket",
    "express",
    "self-service-first",
    "single-line",
    "small-shop",
    "discounter",
    "us-store",
    "theory",
)
DEFAULT = TEMPLATES[0]
STUDY = ("as-it-is", "more-machines", "single-line")
STUDY_FILE = "study"  # names the three, and how they are compared
SCHEMA_FILE = "scenario.schema.json"
STUDY_SCHEMA_FILE = "study.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema=./{SCHEMA_FILE}\n"
STUDY_SCHEMA_LINE = f"# yaml-language-server: $schema=./{STUDY_SCHEMA_FILE}\n"
STAGING = ".simqueue-new"
WIDTH = 80
_SAME_CUSTOMERS = (
    "All three meet the same customers on the same days, so that what differs is due\n"
    "to the lay-out."
)


@dataclass(frozen=True)
class Started:
    """What was written to start from."""

    stories: dict[Path, str]  # scenario file: what it is about
    schema: Path
    schema_is: str  # new, kept (it was there already), or kept although it differs
    study: Path | None = None  # the study file, where one was written

    @property
    def commands(self) -> list[str]:
        """What to type next."""
        if self.study is not None:
            return [shlex.join(["simqueue", "compare", str(self.study)])]
        return [shlex.join(["simqueue", "run", str(path)]) for path in self.stories]

    def text(self) -> str:
        """What was written and what to type next, for a person."""
        lines = [f"{path}: {about}" for path, about in self.stories.items()]
        if self.schema_is == "new":
            lines.append(f"{self.schema}: lets an editor complete, explain and check them.")
        elif self.schema_is != "kept":
            lines.append(f"{self.schema}: was there and differs; kept. Delete it to renew it.")
        parts = [_column("Wrote ", lines)]
        if self.study is not None:
            parts.append(_SAME_CUSTOMERS)
        return "\n".join([*parts, f"Next: {self.commands[0]}"])

    def plain(self) -> dict[str, object]:
        """For JSON."""
        written = [str(path) for path in self.stories]
        if self.schema_is == "new":
            written.append(str(self.schema))
        if self.study is not None:
            written.append(str(self.study.with_name(STUDY_SCHEMA_FILE)))
        return {"written": written, "schema": str(self.schema), "next": self.commands}


def _column(first: str, lines: list[str]) -> str:
    """The lines below each other after a first word, each broken where it is too long."""
    indents = [first, *[" " * len(first)] * (len(lines) - 1)]
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=" " * (len(first) + 2),
                      break_long_words=False, break_on_hyphens=False)
        for indent, line in zip(indents, lines, strict=True)
    )  # fmt: skip


def templates() -> dict[str, str]:
    """Each template by name with its story: the first line of the file."""
    return {name: story(template_text(name)) for name in TEMPLATES}


def story(text: str) -> str:
    """The first line of a scenario without its '# '."""
    return text.partition("\n")[0].removeprefix("# ")


def template_text(name: str) -> str:
    """The text of a template, also of 'study/as-it-is' and its like."""
    home = resources.files("simqueue.scenario").joinpath("templates")
    return home.joinpath(f"{name}.yaml").read_text("utf-8")


def start(folder: Path, template: str | None = None, *, study: bool = False) -> Started:
    """Write a template's scenario (or the three of a study) and the schema into the folder.

    Raises ValueError for an unknown template or one given with `study`, OSError when a scenario of
    that name is there already or nothing can be written; nothing is then left behind.
    """
    if study and template is not None:
        raise ValueError("--study writes three lay-outs of its own; leave out --template")
    name = template or DEFAULT
    if name not in TEMPLATES:
        hint = did_you_mean(name, TEMPLATES) or f"; there are: {', '.join(TEMPLATES)}"
        raise ValueError(f"--template: no template {name!r}{hint}")
    several = (*STUDY, STUDY_FILE)
    names = {each: f"study/{each}" for each in several} if study else {name: name}
    texts = {each: template_text(source) for each, source in names.items()}
    files = {f"{each}.yaml": (_first_line(each) + text).encode() for each, text in texts.items()}
    if study and not _taken(folder / STUDY_SCHEMA_FILE):
        from simqueue.scenario.study_schema import study_schema_text

        files[STUDY_SCHEMA_FILE] = study_schema_text().encode()
    schema, schema_is = _schema(folder / SCHEMA_FILE)
    if schema_is == "new":
        files[SCHEMA_FILE] = schema
    _write_new(folder, files)
    stories = {folder / f"{each}.yaml": story(text) for each, text in texts.items()}
    study_file = folder / f"{STUDY_FILE}.yaml" if study else None
    return Started(stories, folder / SCHEMA_FILE, schema_is, study_file)


def _first_line(name: str) -> str:
    """The line by which an editor finds the schema of a file."""
    return STUDY_SCHEMA_LINE if name == STUDY_FILE else SCHEMA_LINE


def _schema(path: Path) -> tuple[bytes, str]:
    """The schema, and whether it has to be written; one that is there already is kept."""
    from simqueue.scenario.schema import schema_text

    schema = schema_text().encode()
    if not _taken(path):
        return schema, "new"
    same = path.is_file() and path.read_bytes() == schema
    return schema, "kept" if same else "kept although it differs"


def _write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into the folder under names that are free: all of them, or none."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "must be a folder", str(folder))
    for name in files:
        if _taken(folder / name):
            _refuse(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / STAGING
    shutil.rmtree(staging, ignore_errors=True)  # left by a run that was killed
    placed: list[Path] = []
    try:
        staging.mkdir()
        for name, content in files.items():
            with (staging / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name in files:
            _name_it(staging / name, folder / name)
            placed.append(folder / name)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _name_it(source: Path, target: Path) -> None:
    """Give a finished file its name, which somebody may have taken meanwhile."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        _refuse(target)
    except OSError:  # a file system without hard links
        if _taken(target):
            _refuse(target)
        source.rename(target)


def _taken(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _refuse(path: Path) -> None:
    text = "is there already and stays as it is; name another folder, as in: simqueue init my-shop"
    raise FileExistsError(errno.EEXIST, text, str(path))
