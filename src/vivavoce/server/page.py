"""The web page, as it was built into a folder.

Owns how long browsers may keep which file: the bundler's assets carry their content's hash in their names and stay for
ever, everything else is asked for again. Refuses to know what the page does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

__all__ = ["serve_page"]

_HASHED_FOLDER = "assets/"
_FOR_EVER = "public, max-age=31536000, immutable"

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>vivavoce</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>vivavoce is running</h1>
<p>The web page has not been built, so there is nothing to talk through here. Run <code>make setup</code> in the
project's folder and start the server again.</p>
<p>Programs can connect all the same: the Realtime protocol is spoken at <code>/v1/realtime</code>, and
<a href="/health">/health</a> tells how the service is.</p>
</html>
"""


class _BuiltPage(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.startswith("v1/"):
            # Else an unknown call of the API would be told that pages cannot be posted to.
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        is_hashed = path.startswith(_HASHED_FOLDER) and response.status_code in (200, 304)
        response.headers["Cache-Control"] = _FOR_EVER if is_hashed else "no-cache"
        return response


def serve_page(app: FastAPI, folder: Path | None) -> None:
    """Serve the page at `/`, or a few plain words where there is none. Routes added later would never be reached."""
    if folder is not None and (folder / "index.html").is_file():
        app.mount("/", _BuiltPage(directory=folder, html=True))
        return

    async def not_built(_: Request) -> Response:
        return HTMLResponse(_NOT_BUILT, headers={"Cache-Control": "no-cache"})

    app.add_route("/", not_built, methods=["GET"])
