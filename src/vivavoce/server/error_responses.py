"""Failures as HTTP responses, in the shape OpenAI's clients read.

Owns the status of each kind of error and the body `{"error": {message, type, code, param}}`. Refuses to invent errors:
it renders the typed ones, and the web framework's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from vivavoce.errors import (
    CapacityError,
    EngineError,
    InputError,
    ModelError,
    NetworkError,
    StorageError,
    UnauthorisedError,
    VivavoceError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request

__all__ = ["error_body", "error_response", "install_error_handlers", "status_of"]

SERVER_FAULT = VivavoceError("server_error", "Something went wrong on the server.", remedy="Try again.", retryable=True)

_STATUS_BY_CODE = {
    "invalid_api_key": 401,
    "body_too_large": 413,
    "file_too_large": 413,
    "body_too_slow": 408,
    "conversation_not_found": 404,
    "entry_not_found": 404,
    "conversation_not_recorded": 404,
    "memory_not_found": 404,
    "memory_replaced": 409,
    "model_not_found": 404,
    "not_found": 404,
    "persona_not_found": 404,
    "personas_read_only": 403,
    "room_not_found": 404,
    "session_not_found": 404,
    "rate_limited": 429,
    "request_timed_out": 504,
}
_STATUS_BY_KIND: tuple[tuple[type[VivavoceError], int], ...] = (
    (UnauthorisedError, 403),
    (InputError, 400),
    (CapacityError, 503),
    (ModelError, 503),
    (NetworkError, 502),
    (StorageError, 503),
)
_CODE_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def status_of(error: VivavoceError) -> int:
    """Return the HTTP status that says what kind of failure this is."""
    if error.code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[error.code]
    for kind, status in _STATUS_BY_KIND:
        if isinstance(error, kind):
            return status
    if isinstance(error, EngineError) and (error.retryable or error.code.endswith("_unavailable")):
        return 503
    return 500


def error_body(error: VivavoceError) -> dict[str, object]:
    """Return the JSON body that tells an error."""
    return _body(str(error), _type(status_of(error)), error.code, error.param)


def error_response(error: VivavoceError) -> Response:
    """Return the response that tells an error; `Retry-After` where coming back helps."""
    status = status_of(error)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503) and error.retryable:
        headers["Retry-After"] = "1"
    return JSONResponse(error_body(error), status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Have every failure of `app` answered in this shape."""
    app.add_exception_handler(VivavoceError, _typed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _typed(_: Request, error: Exception) -> Response:
    assert isinstance(error, VivavoceError)
    return error_response(error)


async def _unforeseen(_: Request, error: Exception) -> Response:
    # The framework raises the error again after this answer, so that the server logs it.
    del error
    return error_response(SERVER_FAULT)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    cause = error.__cause__
    if isinstance(cause, VivavoceError):
        return error_response(cause)
    status = error.status_code
    code = _CODE_BY_STATUS.get(status, "invalid_request" if status < 500 else "server_error")
    return JSONResponse(_body(f"{error.detail}.", _type(status), code, None), status, error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return error_response(_refusal(error.errors()[0]))


def _refusal(fault: Mapping[str, Any]) -> InputError:
    if fault["type"] == "json_invalid":
        return InputError("invalid_json", "The body is not valid JSON.")
    param = _dotted(fault["loc"])
    if fault["type"] == "missing":
        return InputError("missing_required_parameter", f"Missing required parameter: '{param}'.", param=param)
    return InputError("invalid_value", f"Invalid value for '{param}': {fault['msg']}.", param=param)


def _dotted(location: Sequence[str | int]) -> str:
    """Return pydantic's path as OpenAI writes it, `messages[0].content`.

    Left out are the part of the request, which comes first, and the names of union members.
    """
    path = ""
    for step in location[1:]:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier() and step != "str":
            path += f".{step}" if path else step
    return path or "body"


def _type(status: int) -> str:
    if status == 401:
        return "authentication_error"
    if status == 403:
        return "permission_error"
    return "invalid_request_error" if status < 500 else "server_error"


def _body(message: str, kind: str, code: str, param: str | None) -> dict[str, object]:
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}
