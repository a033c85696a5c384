"""A study folder as a user's would be, made in seconds."""

from __future__ import annotations

from pathlib import Path


def make(place: Path) -> Path:
    """Fill a folder with small studies and return it."""
    return place
