"""Handles: named tuples of arrays and numbers that kernels take as one address.

Passing 80 arrays by value takes minutes to compile, and counting the owners of an array at each access costs more than most
rules do. A handle is the address of the tuple's parts, which never change; it owns nothing, so no owners are counted.
"""

from __future__ import annotations

import hashlib
import operator
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import config, typeof, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate, signature
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)

from alliancesim.kernels import kernel

T = TypeVar("T")


class HandleArray(types.Array):
    """The type of an array of a handle. Positions in it are counted from the front: none is looked at for its sign."""

    def __init__(self, dtype: types.Type, ndim: int, layout: Any) -> None:
        super().__init__(dtype, ndim, layout, name=f"HandleArray({dtype}, {ndim}d, {layout})")

    def copy(self, dtype=None, ndim=None, layout=None, readonly=None):  # type: ignore[no-untyped-def]
        """The type of a row or another view of it."""
        return HandleArray(dtype or self.dtype, self.ndim if ndim is None else ndim, layout or self.layout)


register_model(HandleArray)(models.ArrayModel)


def _plain(kind: types.Type) -> types.Type:
    """The type without what is particular to handles."""
    return types.Array(kind.dtype, kind.ndim, kind.layout) if isinstance(kind, HandleArray) else kind


def _unsigned(context, builder, kind, index):  # type: ignore[no-untyped-def]
    """Type and value of an index whose numbers are taken as unsigned."""
    if isinstance(kind, types.Integer):
        return types.uintp, context.cast(builder, index, kind, types.intp)
    if isinstance(kind, types.BaseTuple):
        members: Any = kind
        parts = zip(members, cgutils.unpack_tuple(builder, index), strict=True)
        kinds, values = zip(*(_unsigned(context, builder, *one) for one in parts), strict=True)
        whole = types.Tuple(kinds)
        return whole, context.make_tuple(builder, whole, values)
    return kind, index


def _item(operation):  # type: ignore[no-untyped-def]
    def lower(context, builder, called, arguments):  # type: ignore[no-untyped-def]
        kind, index = _unsigned(context, builder, called.args[1], arguments[1])
        array, *value = map(_plain, (called.args[0], *called.args[2:]))
        plain = signature(_plain(called.return_type), array, kind, *value)
        return context.get_function(operation, plain)(builder, (arguments[0], index, *arguments[2:]))

    return lower


for _index in (types.Integer, types.BaseTuple):
    lower_builtin(operator.getitem, HandleArray, _index)(_item(operator.getitem))
    lower_builtin(operator.setitem, HandleArray, _index, types.Any)(_item(operator.setitem))


def _part(kind: types.Type) -> types.Type:
    return HandleArray(kind.dtype, kind.ndim, kind.layout) if isinstance(kind, types.Array) else types.unliteral(kind)


class Handle(types.Type):
    """The type of a handle. fields: pairs of name and type. Its name is short, for it is part of every kernel's name."""

    def __init__(self, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields = tuple((name, _part(kind)) for name, kind in fields)
        self.positions = {name: i for i, (name, _) in enumerate(self.fields)}
        super().__init__(name=f"Handle_{hashlib.blake2b(repr(self.fields).encode(), digest_size=6).hexdigest()}")

    @classmethod
    def of(cls, kind: types.NamedTuple) -> Handle:
        """The handle of a named tuple's type."""
        return cls(tuple(zip(kind.fields, kind.types, strict=True)))


@register_model(Handle)
class HandleModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, known: Any, kind: Handle) -> None:
        super().__init__(known, kind, ir.IntType(64))


class Address(int):
    """What Python holds of a handle; it keeps the arrays and the memory their descriptions stand in."""

    _numba_type_: Handle
    fields: Any
    memory: Any


@typeof_impl.register(Address)
def _typeof_address(value: Address, _context: Any) -> Handle:
    return value._numba_type_


@unbox(Handle)
def _unbox_address(_kind, value, context):  # type: ignore[no-untyped-def]
    return NativeValue(context.pyapi.long_as_longlong(value))


def _layout(context: Any, kind: Handle) -> ir.LiteralStructType:
    return ir.LiteralStructType([context.get_value_type(part) for _, part in kind.fields])


@infer_getattr
class HandleAttribute(AttributeTemplate):
    """Types of a handle's parts."""

    key = Handle

    def generic_resolve(self, kind: Handle, name: str) -> Any:  # type: ignore[override]
        """The type of a part, None if there is no such part."""
        return dict(kind.fields).get(name)


@lower_getattr_generic(Handle)
def _load_part(context, builder, kind, value, name):  # type: ignore[no-untyped-def]
    def load(pointer):  # type: ignore[no-untyped-def]
        loaded = builder.load(pointer)
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    position = kind.positions[name]
    part = kind.fields[position][1]
    pointer = cgutils.gep_inbounds(builder, builder.inttoptr(value, _layout(context, kind).as_pointer()), 0, position)
    if not isinstance(part, types.Array):
        return load(pointer)
    array = context.make_array(part)(context, builder)
    for i, member in enumerate(array._datamodel._fields):
        inner = cgutils.gep_inbounds(builder, pointer, 0, i)
        if member in ("meminfo", "parent"):
            setattr(array, member, cgutils.get_null_value(inner.type.pointee))
        elif member in ("shape", "strides"):
            items = [load(cgutils.gep_inbounds(builder, inner, 0, axis)) for axis in range(part.ndim)]
            setattr(array, member, cgutils.pack_array(builder, items))
        else:
            setattr(array, member, load(inner))
    return array._getvalue()


@intrinsic
def _size(_context, fields):  # type: ignore[no-untyped-def]
    """Bytes of a handle's parts."""

    def count(context, _builder, signature, _arguments):  # type: ignore[no-untyped-def]
        return ir.Constant(ir.IntType(64), context.get_abi_sizeof(_layout(context, Handle.of(signature.args[0]))))

    return types.int64(fields), count


@intrinsic
def _store(_context, fields, address):  # type: ignore[no-untyped-def]
    """Write a handle's parts at an address."""

    def store(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        layout = _layout(context, Handle.of(signature.args[0]))
        pointer = builder.inttoptr(arguments[1], layout.as_pointer())
        for i in range(len(layout.elements)):
            builder.store(builder.extract_value(arguments[0], i), cgutils.gep_inbounds(builder, pointer, 0, i))
        return context.get_dummy_value()

    return types.void(fields, types.int64), store


@kernel
def _written_size(fields):  # type: ignore[no-untyped-def]
    return _size(fields)  # type: ignore[call-arg]


@kernel
def _write(fields, address):  # type: ignore[no-untyped-def]
    _store(fields, address)  # type: ignore[call-arg]


def pack(fields: T) -> T:
    """A named tuple of arrays and numbers as a handle for kernels. With the compiler disabled it is the tuple itself."""
    return fields if getattr(config, "DISABLE_JIT", 0) else cast(T, _packed(fields, fields, fields, 1))


def pack_each(fields: T) -> T:
    """A named tuple of arrays with a leading axis as a row of handles, one for each position of that axis; see `nth`."""
    if getattr(config, "DISABLE_JIT", 0):
        return fields
    arrays: Any = fields
    count = len(arrays[0])
    first, last = (type(fields)(*(array[i] for array in arrays)) for i in (0, count - 1))
    return cast(T, _packed(fields, first, last, count))


def _packed(kept: Any, first: Any, last: Any, count: int) -> Address:
    """A row of handles of which the first and last are given: in memory, what differs grows evenly from one to the next."""
    words = _written_size(first) // 8
    memory = np.zeros((count, words), np.int64)
    address = Address(memory.ctypes.data)
    address._numba_type_ = Handle.of(typeof(first))
    address.fields, address.memory = kept, memory
    _write(last, int(address) + 8 * words * (count - 1))
    _write(first, int(address))
    if count > 2:
        memory[1:-1] = memory[0] + np.arange(1, count - 1)[:, None] * ((memory[-1] - memory[0]) // (count - 1))
    return address


def nth(handles: T, i: int) -> T:
    """Inside a kernel: the i-th of a row of handles."""
    arrays: Any = handles
    return type(handles)(*(array[i] for array in arrays))


@intrinsic
def _shifted(_context, handles, i):  # type: ignore[no-untyped-def]
    def shift(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        size = ir.Constant(ir.IntType(64), context.get_abi_sizeof(_layout(context, signature.args[0])))
        return builder.add(arguments[0], builder.mul(arguments[1], size))

    return handles(handles, types.int64), shift


@overload(nth)
def _nth(handles, i):  # type: ignore[no-untyped-def]
    return lambda handles, i: _shifted(handles, i)  # type: ignore[call-arg]
