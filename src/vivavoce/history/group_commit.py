"""One transaction for whatever many conversations have to write at the same time.

Owns the waiting line. A database commits a few hundred times a second, whoever asks, and as quickly for a hundred rows
as for one: the first to find it free writes for everybody who waits (group commit; J. Gray and A. Reuter, "Transaction
Processing", 9.4). Refuses to know what is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from vivavoce.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

__all__ = ["GroupCommit"]

MAX_GROUP = 64
"""Waiting writers that one transaction serves: it must stay short, since it keeps other processes waiting."""

WRITE_SECONDS = 10.0

PieceT = TypeVar("PieceT")
ResultT = TypeVar("ResultT")


class _Ticket(Generic[PieceT, ResultT]):
    def __init__(self, piece: PieceT) -> None:
        self.piece = piece
        self.is_done = False
        self.results: list[ResultT] = []
        self.error: StorageError | None = None


class GroupCommit(Generic[PieceT, ResultT]):
    """Hands pieces to `write`, which keeps all it is given or raises, and returns one result for the group.

    Every writer waits for its own piece, so no more wait than there are writers.
    """

    def __init__(self, write: Callable[[Sequence[PieceT]], Awaitable[ResultT]]) -> None:
        self._write = write
        self._waiting: list[_Ticket[PieceT, ResultT]] = []
        self._lock = anyio.Lock()

    async def put(self, piece: PieceT) -> ResultT:
        """Return once the piece is written, with the result of the group it was written in.

        A caller that is cancelled before its turn has written nothing; one that writes for others finishes.

        Raises:
            StorageError: it could not be written.
        """
        ticket: _Ticket[PieceT, ResultT] = _Ticket(piece)
        self._waiting.append(ticket)
        try:
            async with self._lock:
                while not ticket.is_done:
                    await self._serve()
        finally:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    async def _serve(self) -> None:
        group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
        try:
            await self._write_all(group)
        except StorageError as error:
            if len(group) == 1 or error.retryable:
                for ticket in group:
                    ticket.is_done, ticket.error = True, error
                return
            # One piece that cannot be written must not keep the others from it.
            for ticket in group:
                await self._write_alone(ticket)
        finally:
            # Whatever else stopped this writer, the others still wait to be served.
            self._waiting[:0] = [ticket for ticket in group if not ticket.is_done]

    async def _write_alone(self, ticket: _Ticket[PieceT, ResultT]) -> None:
        try:
            await self._write_all([ticket])
        except StorageError as error:
            ticket.is_done, ticket.error = True, error

    async def _write_all(self, group: list[_Ticket[PieceT, ResultT]]) -> None:
        try:
            with anyio.fail_after(WRITE_SECONDS, shield=True):
                result = await self._write([ticket.piece for ticket in group])
        except TimeoutError:
            raise StorageError(
                "database_too_slow",
                "The database did not answer in time.",
                remedy="See whether its disk or its machine is overloaded.",
                retryable=True,
            ) from None
        for ticket in group:
            ticket.is_done, ticket.results = True, [result]
