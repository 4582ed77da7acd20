"""Breaks that change nothing: (file, line, what it becomes) and why no day can tell."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {}
