"""Routes asked over HTTP without a socket, by whom a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
from fastapi import Depends, FastAPI, Request

from vivavoce.server.error_responses import install_error_handlers

if TYPE_CHECKING:
    from fastapi import APIRouter

__all__ = ["asking"]


def asking(routes: APIRouter, *, user: str = "ann") -> httpx2.AsyncClient:
    """Return a client of these routes that is `user`, or whom its header `X-User` names."""

    async def come_in(request: Request) -> None:
        request.state.user_id = request.headers.get("X-User", user)

    app = FastAPI()
    install_error_handlers(app)
    app.include_router(routes, dependencies=[Depends(come_in)])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://here")
