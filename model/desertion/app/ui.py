"""Solara, whose stubs hide what it exports: the one place that knows."""

from importlib import import_module
from typing import Any

solara: Any = import_module("solara")
"""The library."""
