"""An ONNX model made by hand, since the `onnx` package is not a dependency: y = -|x|, with |x| an inner tensor."""

from __future__ import annotations

INNER_TENSOR = "absolute"
_FLOAT = 1


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def _bytes_field(number: int, payload: bytes | str) -> bytes:
    data = payload.encode() if isinstance(payload, str) else payload
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _int_field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _node(operator: str, source: str, target: str) -> bytes:
    return _bytes_field(1, source) + _bytes_field(2, target) + _bytes_field(4, operator)


def _float_vector(name: str) -> bytes:
    shape = _bytes_field(1, _bytes_field(2, "length"))
    tensor = _int_field(1, _FLOAT) + _bytes_field(2, shape)
    return _bytes_field(1, name) + _bytes_field(2, _bytes_field(1, tensor))


def negated_absolute() -> bytes:
    """Return the serialised model (field numbers of onnx.proto)."""
    graph = (
        _bytes_field(1, _node("Abs", "x", INNER_TENSOR))
        + _bytes_field(1, _node("Neg", INNER_TENSOR, "y"))
        + _bytes_field(2, "tiny")
        + _bytes_field(11, _float_vector("x"))
        + _bytes_field(12, _float_vector("y"))
    )
    opset = _int_field(2, 13)
    return _int_field(1, 8) + _bytes_field(7, graph) + _bytes_field(8, opset)
