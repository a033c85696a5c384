"""The world as compiled code holds it: one pointer to all arrays.

A tuple of two hundred arrays takes numba minutes to compile wherever it is passed; one pointer to a struct takes none. Plain code (and compiled
code with the JIT off) reads the `World` tuple itself; both see the same arrays.

Numba counts references to arrays, and to structs that hold them, whenever compiled code takes one or hands it on; in kernels that look at a person
here and there this took half the time, and threads that count on the same counter wait for each other. A core is therefore a bare pointer, its
arrays are borrowed, and the object that plain code holds keeps them alive.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.datamodel.registry import default_manager
from numba.core.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    overload,
    register_model,
    typeof_impl,
    unbox,
)
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref

from desertion.engine.compile import JIT_OFF, kernel
from desertion.simulation.world.fields import World


@structref.register
class HeldType(types.StructRef):
    """The numba type of a struct of arrays: the names and types of the fields of `World`."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Take fields by their types, whatever literal values they had."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class HeldProxy(structref.StructRefProxy):
    """What plain code holds of a struct of arrays: nothing to read."""


structref.define_boxing(HeldType, HeldProxy)


class CoreType(types.Type):
    """The numba type of a core: a pointer into a struct of arrays."""

    def __init__(self, held: Any) -> None:
        self.held = held
        super().__init__(name=f"Core({held.name})")


class Core:
    """What plain code hands to kernels; it keeps the arrays alive."""

    def __init__(self, world: World, held: Any) -> None:
        self.world, self.held, self.core_kind = world, held, CoreType(held._type)


@typeof_impl.register(Core)
def _type_of(core: Core, _context: Any) -> CoreType:
    return core.core_kind


@register_model(CoreType)
class _CoreModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.voidptr_t)


@unbox(CoreType)
def _pointer_of(kind: Any, core: Any, c: Any) -> Any:
    """The pointer into the struct that a core's proxy holds."""
    held = c.pyapi.object_getattr_string(core, "held")
    struct = c.unbox(kind.held, held).value
    reference = cgutils.create_struct_proxy(kind.held)(c.context, c.builder, value=struct)
    pointer = c.context.nrt.meminfo_data(c.builder, reference.meminfo)
    # Unboxing took a reference, which nobody would give back; the core keeps its struct alive.
    c.context.nrt.decref(c.builder, kind.held, struct)
    c.pyapi.decref(held)
    return NativeValue(c.builder.bitcast(pointer, cgutils.voidptr_t))


@infer_getattr
class _CoreFields(AttributeTemplate):
    key = CoreType

    def generic_resolve(self, value: Any, attr: str) -> Any:
        return value.held.field_dict.get(attr)


@lower_getattr_generic(CoreType)
def _take(context: Any, builder: Any, core: Any, pointer: Any, name: str) -> Any:
    """A field; of an array, what is needed to index it. Fields never change, so each need be read only once."""
    payload, kind = core.held.get_data_type(), core.held.field_dict[name]
    model = default_manager[payload]
    struct = builder.bitcast(pointer, model.get_value_type().as_pointer())
    place = cgutils.gep_inbounds(builder, struct, 0, model.get_field_position(name))
    if not isinstance(kind, types.Array):
        return _unchanging(builder, place)
    array, parts = context.make_array(kind)(context, builder), default_manager[kind]
    for part in ("nitems", "itemsize", "data", "shape", "strides"):
        setattr(
            array, part, _unchanging(builder, cgutils.gep_inbounds(builder, place, 0, parts.get_field_position(part)))
        )
    for part in ("meminfo", "parent"):
        setattr(array, part, ir.Constant(getattr(array, part).type, None))
    return array._getvalue()


def _unchanging(builder: Any, place: Any) -> Any:
    value = builder.load(place)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _gather(world: World) -> World:
    """Stand-in for compiled code, see `_gather_compiled`."""
    return world


@overload(_gather)
def _gather_compiled(world):  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - numba takes types only
    """Code that moves each field of the tuple into a new struct; written out because numba has no loop over fields."""
    kind = HeldType(list(zip(world.fields, world.types, strict=True)))
    lines = ["def gather(world):", "    held = new(kind)"]
    lines += [f"    held.{name} = world.{name}" for name in world.fields]
    lines += ["    return held"]
    space: dict[str, Any] = {"new": structref.new, "kind": kind}
    exec("\n".join(lines), space)  # noqa: S102 - the text is made above from the field names of World
    return space["gather"]


@kernel
def _make(world: World) -> Any:
    return _gather(world)


def core_of(world: World) -> Any:
    """The world for kernels: they change the same arrays."""
    return world if JIT_OFF else Core(world, _make(world))
