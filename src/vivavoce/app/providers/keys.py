"""Which key a server is shown.

Owns the order: the block's own key, the variable it names, then the key that is meant for whatever server there is.
Refuses to send that last one to a server it may not be meant for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.providers import ProviderBlock
    from vivavoce.settings import Settings

__all__ = ["key_for"]

OPENAI_HOST = "api.openai.com"
GENERAL_VARIABLE = "OPENAI_API_KEY"


def key_for(block: ProviderBlock, blocks: Sequence[ProviderBlock], settings: Settings) -> str:
    """Return the key for a server, empty for none.

    The general key (`llm_api_key`, else OPENAI_API_KEY) goes to a list's only server, and to OpenAI's.

    Raises:
        InputError: `provider_key_missing`, the variable that the block names is not set.
    """
    if block.api_key is not None:
        return block.api_key.get_secret_value()
    if block.api_key_env:
        key = os.environ.get(block.api_key_env, "")
        if not key:
            raise InputError(
                "provider_key_missing",
                f"The key of {block.title} is to come from {block.api_key_env}, which is not set.",
                remedy=f"Set {block.api_key_env} in the environment of the server.",
                param=block.api_key_env,
            )
        return key
    is_only_server = sum(other.is_remote for other in blocks) == 1
    if not is_only_server and block.address != OPENAI_HOST:
        return ""
    is_mind = blocks is settings.llm
    own = settings.llm_api_key.get_secret_value() if is_mind and settings.llm_api_key else ""
    return own or os.environ.get(GENERAL_VARIABLE, "")
