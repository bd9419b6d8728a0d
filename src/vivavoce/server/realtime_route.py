"""`WS /v1/realtime`: from the handshake to a session, or to a refusal the client can read.

Owns the choice of the subprotocol, the room for sessions, and the way each kind of client is told no. Refuses to know
what is said on the socket.

A stock client gets an HTTP refusal, which its library turns into an error. A browser cannot read one: its page asks for
`vivavoce.v1`, so its socket is opened, told why by an `error` event, and closed. A full server tells everyone that way,
for that refusal passes.
"""

import secrets
from dataclasses import replace

import anyio
import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketState

from vivavoce.errors import CapacityError, InputError, UnauthorisedError, VivavoceError
from vivavoce.realtime.connection import RealtimeConnection
from vivavoce.realtime.delivery import CLOSE_FAILED, CLOSE_TRY_LATER
from vivavoce.realtime.query import ConnectionQuery
from vivavoce.realtime.wire.extension_events import SUBPROTOCOL
from vivavoce.realtime.wire.server_events import encode, error_event
from vivavoce.rooms.connection import RoomConnection
from vivavoce.server.error_responses import error_response
from vivavoce.server.perimeter import REALTIME_PATH
from vivavoce.server.realtime_query import connection_query
from vivavoce.server.services import Services
from vivavoce.server.websocket import AcceptedSocket

__all__ = ["realtime_routes"]

log = structlog.get_logger(__name__)

STOCK_SUBPROTOCOL = "realtime"
REFUSAL_DEADLINE_SECONDS = 5.0
CLOSE_POLICY, CLOSE_UNAUTHORISED, CLOSE_FORBIDDEN = 1008, 3000, 3003


def realtime_routes(services: Services) -> APIRouter:
    """Return the WebSocket route."""
    router = APIRouter()

    @router.websocket(REALTIME_PATH)
    async def realtime(websocket: WebSocket) -> None:
        await _serve(websocket, services)

    return router


async def _serve(websocket: WebSocket, services: Services) -> None:
    try:
        websocket.state.user_id = services.gatekeeper.check(websocket)
        query = connection_query(websocket.query_params)
    except VivavoceError as error:
        await _refuse(websocket, error)
        return
    try:
        if query.room:
            await _share(websocket, services, query)
            return
        with services.session_slots.take():
            await _converse(websocket, services, query)
    except CapacityError as error:
        await _refuse_in_words(websocket, error, CLOSE_TRY_LATER)
    except VivavoceError as error:
        if websocket.application_state is WebSocketState.CONNECTING:
            await _refuse(websocket, error)
        else:
            # What the address asks for is the caller's to mend: trying again unchanged would not help.
            code = CLOSE_POLICY if error.param is not None else CLOSE_FAILED
            await _refuse_in_words(websocket, error, code)


async def _share(websocket: WebSocket, services: Services, query: ConnectionQuery) -> None:
    """Serve a viewer of a room; who opens it holds its slot, and stays until the room is over."""
    if services.rooms is None:
        raise InputError(
            "rooms_need_one_worker",
            "There are no rooms on a server with several workers: each would have its own of the same name.",
            remedy="Serve with --workers 1.",
            param="room",
        )
    user_id, subprotocol = websocket.state.user_id, _subprotocol(websocket)
    async with services.rooms.enter(query, user_id) as room:
        socket = AcceptedSocket(websocket)
        line = RoomConnection(
            socket,
            room,
            query=query,
            user_id=user_id,
            roster=services.roster,
            extensions=subprotocol == SUBPROTOCOL,
            limits=services.settings.connection.event_limits,
        )
        await websocket.accept(subprotocol)
        log.info("viewer_came", session=room.session.id, subprotocol=subprotocol or "none")
        await line.run()
        log.info("viewer_left", session=room.session.id)
        if socket.is_server_going:
            room.end()


async def _converse(websocket: WebSocket, services: Services, query: ConnectionQuery) -> None:
    session_id = f"sess_{secrets.token_hex(12)}"
    subprotocol = _subprotocol(websocket)
    connection = services.settings.connection
    # Accepted first: the connection may open a recording, which only its run closes.
    await websocket.accept(subprotocol)
    mind = None
    if services.make_mind is not None:
        mind = services.make_mind(
            session_id=session_id,
            user_id=websocket.state.user_id,
            conversation_id=query.conversation or f"conv_{secrets.token_hex(12)}",
            goes_on=bool(query.conversation),
            tells=subprotocol == SUBPROTOCOL,
        )
        if query.greet:
            mind.greet()
    line = RealtimeConnection(
        AcceptedSocket(websocket),
        session_id=session_id,
        roster=services.roster,
        settings=replace(connection, language=query.language or connection.language),
        extensions=subprotocol == SUBPROTOCOL,
        mind=mind,
        query=query,
    )
    log.info("session_opened", session=session_id, subprotocol=subprotocol or "none")
    await line.run()
    log.info("session_closed", session=session_id)


def _subprotocol(websocket: WebSocket) -> str | None:
    offered: list[str] = websocket.scope["subprotocols"]
    return next((name for name in (SUBPROTOCOL, STOCK_SUBPROTOCOL) if name in offered), None)


async def _refuse(websocket: WebSocket, error: VivavoceError) -> None:
    log.info("handshake_refused", code=error.code)
    if _subprotocol(websocket) == SUBPROTOCOL:
        await _refuse_in_words(websocket, error, _close_code(error))
    else:
        await websocket.send_denial_response(error_response(error))


async def _refuse_in_words(websocket: WebSocket, error: VivavoceError, close_code: int) -> None:
    with anyio.move_on_after(REFUSAL_DEADLINE_SECONDS):
        if websocket.application_state is WebSocketState.CONNECTING:
            await websocket.accept(_subprotocol(websocket))
        socket = AcceptedSocket(websocket)
        await socket.send(encode(error_event(error, event_id="event_000001")).decode())
        await socket.close(close_code, error.code)


def _close_code(error: VivavoceError) -> int:
    if not isinstance(error, UnauthorisedError):
        return CLOSE_POLICY
    return CLOSE_UNAUTHORISED if error.code == "invalid_api_key" else CLOSE_FORBIDDEN
