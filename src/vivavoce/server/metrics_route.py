"""`GET /metrics`: the server's figures for Prometheus, those of all its processes together.

Owns the route. Refuses to measure (`measures` does) and to know how the figures of other processes come here.
"""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from vivavoce.observe.metrics import exposition
from vivavoce.server.measures import measures
from vivavoce.server.perimeter import METRICS_PATH
from vivavoce.server.services import Services

__all__ = ["metrics_routes"]


def metrics_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.get(METRICS_PATH, response_class=Response)
    async def metrics() -> Response:
        samples = [*measures(services), *services.colleagues.samples()]
        return Response(exposition(samples), media_type=CONTENT_TYPE_LATEST)

    return router
