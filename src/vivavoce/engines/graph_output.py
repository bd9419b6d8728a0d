"""Looking inside an ONNX graph: making an inner tensor one of its outputs.

Owns a few bytes of protobuf. Refuses to know any model.
"""

from __future__ import annotations

__all__ = ["with_graph_output"]

_MODEL_GRAPH, _GRAPH_OUTPUT, _VALUE_NAME = 7, 12, 1
"""Field numbers of ModelProto.graph, GraphProto.output and ValueInfoProto.name (onnx.proto)."""
_LENGTH_DELIMITED = 2


def with_graph_output(model: bytes, tensor: str) -> bytes:
    """Return the ONNX `model` with the inner `tensor` as one more output, after the others.

    Protobuf messages merge on concatenation, and repeated fields append: a second graph behind the first, with nothing
    in it but an output's name, is enough (Protocol Buffers, "Last One Wins"). onnxruntime infers the type itself.
    """
    output = _field(_GRAPH_OUTPUT, _field(_VALUE_NAME, tensor.encode()))
    return model + _field(_MODEL_GRAPH, output)


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
