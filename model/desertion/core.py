"""The world as compiled code holds it: one reference to all arrays.

A tuple of two hundred arrays takes numba minutes to compile wherever it is passed; a reference to a struct takes none. Plain code (and compiled
code with the JIT off) reads the `World` tuple itself; both see the same arrays.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic, overload
from numba.experimental import structref

from desertion.compiled import JIT_OFF, kernel
from desertion.world import World


@structref.register
class CoreType(types.StructRef):
    """The numba type of a core: the names and types of the fields of `World`."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Take fields by their types, whatever literal values they had."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class CoreProxy(structref.StructRefProxy):
    """What plain code holds of a core: nothing to read, only something to hand to kernels."""


structref.define_boxing(CoreType, CoreProxy)


@intrinsic
def _borrowed(_context: Any, kind: Any) -> Any:
    """The same array, or number, without its count of references: whoever takes it from a core changes no counter."""

    def code(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        if not isinstance(kind, types.Array):
            return values[0]
        array = context.make_array(kind)(context, builder, values[0])
        array.meminfo = ir.Constant(array.meminfo.type, None)
        array.parent = ir.Constant(array.parent.type, None)
        return array._getvalue()

    return kind(kind), code


def _gather(world: World) -> World:
    """Stand-in for compiled code, see `_gather_compiled`."""
    return world


@overload(_gather)
def _gather_compiled(world):  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - numba takes types only
    """Code that moves each field of the tuple into a new struct; written out because numba has no loop over fields."""
    kind = CoreType(list(zip(world.fields, world.types, strict=True)))
    lines = ["def gather(world):", "    core = new(kind)"]
    lines += [f"    core.{name} = borrowed(world.{name})" for name in world.fields]
    lines += ["    return core"]
    space: dict[str, Any] = {"new": structref.new, "kind": kind, "borrowed": _borrowed}
    exec("\n".join(lines), space)  # noqa: S102 - the text is made above from the field names of World
    return space["gather"]


@kernel
def _make(world: World) -> Any:
    return _gather(world)


def core_of(world: World) -> Any:
    """The world for kernels: they change the same arrays."""
    if JIT_OFF:
        return world
    core = _make(world)
    core.world = world  # the arrays live as long as their core
    return core
