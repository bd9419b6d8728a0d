"""Providers of one job, in order of preference: which is asked first, and what is known of each.

Owns the record of a provider (circuit, last failure, last latency) and the rules by which the next one is asked. The
engines that fall back (`fallback_replies`, `fallback_stt`, `fallback_tts`) share it. Refuses to know how a provider is
reached, and to look after one in the background.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

import anyio
import structlog

from vivavoce.errors import CapacityError, EngineError, NetworkError, VivavoceError
from vivavoce.resilience.breaker import Breaker, BreakerPolicy, Circuit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from vivavoce.errors import Stage

__all__ = ["Attempt", "Member", "Provider", "ProviderKind", "attempts", "in_order", "may_pass_on"]

log = structlog.get_logger(__name__)

ProviderKind = Literal["embedded", "openai", "hub"]
Engine = TypeVar("Engine")
Result = TypeVar("Result")

_PREEMPTED = frozenset({"llm_preempted", "engine_preempted"})
"""The caller's own work was set aside for more urgent work: nobody else is to do it instead."""

_OF_THE_REQUEST = frozenset(
    {"llm_context_too_long", "llm_bad_request", "voice_unknown", "engine_busy", "engine_timeout", "stt_bad_request"}
    | {"tts_bad_request", "engine_preempted", "llm_preempted"}
)
"""Failures that say nothing of how a provider is."""


class Provider:
    """What is known of one provider, for all sessions; one call more or less is never waited for.

    Args:
        stage: the job.
        title: what people call it; one of its kind a job.
        rank: its place in the order of preference, 0 the first.
        languages: the languages it may be asked for; None for all that its engine knows.
        first_seconds: how long it may take to the first piece of an answer while another stands behind it.
        look: finds out whether it is well, and raises where it is not; None where that is known otherwise.
        look_seconds: between two looks.
        is_enlisted: whether users chose it; False for an engine that stands by itself.
        voices: the voices it will have once it is loaded, by language, as far as that is known before.
    """

    def __init__(
        self,
        *,
        stage: Stage,
        title: str,
        kind: ProviderKind = "embedded",
        model: str = "",
        address: str = "",
        rank: int = 0,
        languages: frozenset[str] | None = None,
        first_seconds: float | None = None,
        look: Callable[[], Awaitable[object]] | None = None,
        look_seconds: float = 30.0,
        is_enlisted: bool = True,
        voices: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.stage = stage
        self.title = title
        self.kind: ProviderKind = kind
        self.model = model
        self.address = address
        self.rank = rank
        self.languages = languages
        self.first_seconds = first_seconds
        self.look = look
        self.look_seconds = look_seconds
        self.is_enlisted = is_enlisted
        self.voices = voices or {}
        self.breaker = Breaker(BreakerPolicy(open_seconds=look_seconds))
        self.last_error: VivavoceError | None = None
        self.last_latency_seconds: float | None = None
        self.last_answer_at: float | None = None
        self.answers = 0
        self.failures = 0
        self.on_news: Callable[[], None] = lambda: None

    @property
    def is_down(self) -> bool:
        """Whether it is left out for now."""
        return self.breaker.circuit is Circuit.OPEN

    def answered(self, latency_seconds: float) -> None:
        """An answer began to come."""
        self.answers += 1
        self.last_latency_seconds = latency_seconds
        self.last_answer_at = anyio.current_time()
        self._after(self.breaker.succeeded)

    def failed(self, error: VivavoceError, call: int) -> None:
        """A call failed, which `breaker.began` numbered; failures that are the request's own say nothing of it."""
        self.failures += 1
        self.last_error = error
        if isinstance(error, CapacityError) or error.code in _OF_THE_REQUEST:
            self.breaker.abandoned(call)
        else:
            now = anyio.current_time()
            self._after(lambda: self.breaker.failed(now, call))

    def looked(self, error: VivavoceError | None) -> None:
        """Take note of a look: `error` says why it is not well."""
        now = anyio.current_time()
        if error is not None:
            self.last_error = error
        self._after(lambda: self.breaker.looked(now, is_well=error is None))

    def _after(self, change: Callable[[], None]) -> None:
        before = self.breaker.circuit
        change()
        if self.breaker.circuit is not before:
            log.info("provider_circuit", provider=self.title, job=str(self.stage), circuit=str(self.breaker.circuit))
            self.on_news()


@dataclass(frozen=True, slots=True, eq=False)
class Member(Generic[Engine]):
    """An engine in a list of preference, and the provider whose engine it is."""

    engine: Engine
    provider: Provider


def in_order(members: Sequence[Member[Engine]]) -> list[Member[Engine]]:
    """Return who is asked, one after the other: those left out come last, for they are better than nothing."""
    return sorted(members, key=lambda member: not member.provider.breaker.admits)


class Attempt:
    """One call of one provider, timed.

    Attributes:
        is_last: nobody is asked after it.
    """

    def __init__(self, provider: Provider, *, is_last: bool) -> None:
        self.provider = provider
        self.is_last = is_last
        self._began_at = anyio.current_time()
        self._is_judged = False
        self._call = provider.breaker.began()

    def answered(self) -> None:
        """The first piece is here; more of them change nothing."""
        if not self._is_judged:
            self._is_judged = True
            self.provider.answered(anyio.current_time() - self._began_at)

    def failed(self, error: VivavoceError) -> None:
        """It failed, before or after its first piece."""
        self._is_judged = True
        self.provider.failed(error, self._call)

    def over(self) -> None:
        """The call is over; one that was given up without an answer tells nothing."""
        if not self._is_judged:
            self.provider.breaker.abandoned(self._call)

    async def first(self, work: Awaitable[Result]) -> Result:
        """Wait for the first piece, while another stands behind no longer than this provider may take.

        Raises:
            EngineError: `*_first_token_timeout`, `stt_timeout` or `tts_timeout`.
        """
        seconds = None if self.is_last else self.provider.first_seconds
        if seconds is None:
            return await work
        with anyio.move_on_after(seconds):
            return await work
        raise _late(self.provider, seconds)

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Take note of how the call within ends."""
        try:
            yield
        except VivavoceError as error:
            self.failed(error)
            raise
        finally:
            self.over()


def attempts(members: Sequence[Member[Engine]]) -> Iterator[tuple[Member[Engine], Attempt]]:
    """Yield whom to ask, one after the other, until the caller has its answer."""
    order = in_order(members)
    for member in order:
        yield member, Attempt(member.provider, is_last=member is order[-1])


def may_pass_on(error: VivavoceError, attempt: Attempt) -> bool:
    """Whether the next provider is to be asked after this failure; takes note of it in the log."""
    if attempt.is_last or error.code in _PREEMPTED:
        return False
    title = attempt.provider.title
    log.warning("provider_failed", provider=title, job=str(attempt.provider.stage), code=error.code)
    return True


def _late(provider: Provider, seconds: float) -> EngineError | NetworkError:
    code = "llm_first_token_timeout" if provider.stage.value == "llm" else f"{provider.stage}_timeout"
    return EngineError(
        code,
        f"{provider.title} did not begin to answer within {seconds:g} seconds.",
        remedy="Give it more time with first_seconds, or use a smaller model.",
        stage=provider.stage,
        retryable=True,
    )
