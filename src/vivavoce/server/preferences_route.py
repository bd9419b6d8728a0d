"""`/v1/preferences`: what a user has set for themselves, read, changed and deleted by them.

Owns the shapes, and their bounds: names with one plain value each. What they mean is the page's, whose settings change
from version to version, so the names are open; nothing larger than a setting fits in. Refuses to know how they are kept
(`preferences`), and who may ask (`perimeter`).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vivavoce.preferences.store import MAX_PREFERENCES, Preference, PreferenceStore
from vivavoce.server.perimeter import user_of
from vivavoce.server.settings import LOCAL_USER

__all__ = ["preferences_routes"]

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,59}$")]
Text = Annotated[str, Field(max_length=500)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Choice(BaseModel):
    """What was chosen, null for nothing, and when, in seconds since 1970."""

    model_config = ConfigDict(extra="forbid", strict=True)

    value: bool | Number | Text | None
    changed_at: Annotated[float, Field(ge=0, allow_inf_nan=False)]


Choices = Annotated[dict[Name, Choice], Field(max_length=MAX_PREFERENCES)]


class PreferencesView(BaseModel):
    """A user's preferences, by name."""

    object: Literal["preferences"] = "preferences"
    user: str = Field(description="whose they are: the user that the key stands for")
    is_owner: bool = Field(description="whether that is the server's owner")
    data: dict[str, Choice]


class PreferencesChange(BaseModel):
    """What was chosen since; of two choices of one name the later one holds, whichever comes first."""

    model_config = ConfigDict(extra="forbid")

    data: Choices


def preferences_routes(store: PreferenceStore) -> APIRouter:
    """Return the routes over one store."""
    router = APIRouter(prefix="/v1/preferences", tags=["preferences"])

    @router.get("")
    async def read_preferences(request: Request) -> PreferencesView:
        """Read what the user has set for themselves."""
        user = user_of(request)
        return _view(user, await store.of(user))

    @router.patch("")
    async def change_preferences(request: Request, change: PreferencesChange) -> PreferencesView:
        """Keep what the user has chosen, and return all that holds now."""
        user = user_of(request)
        choices = [Preference(name=name, **choice.model_dump()) for name, choice in change.data.items()]
        return _view(user, await store.put(user, choices))

    @router.delete("", status_code=204, response_class=Response)
    async def delete_preferences(request: Request) -> Response:
        """Delete all that the user has set for themselves."""
        await store.delete_all(user_of(request))
        return Response(status_code=204)

    return router


def _view(user: str, preferences: list[Preference]) -> PreferencesView:
    data = {each.name: Choice(value=each.value, changed_at=each.changed_at) for each in preferences}
    return PreferencesView(user=user, is_owner=user == LOCAL_USER, data=data)
