"""When a provider is asked after it has failed."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vivavoce.resilience.breaker import Breaker, BreakerPolicy, Circuit

POLICY = BreakerPolicy(open_seconds=30.0, longest_open_seconds=100.0)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker(POLICY)
    breaker.failed(at)
    return breaker


def half_open(at: float = 0.0) -> Breaker:
    breaker = opened(at)
    breaker.looked(at + 30.0, is_well=True)
    return breaker


def test_a_provider_that_never_failed_is_asked() -> None:
    breaker = Breaker(POLICY)
    assert breaker.admits
    assert breaker.circuit is Circuit.CLOSED
    breaker.looked(0.0, is_well=True)
    assert breaker.circuit is Circuit.CLOSED


def test_one_failure_takes_it_out_for_everyone() -> None:
    assert not opened().admits


def test_where_more_failures_are_needed_a_success_between_them_starts_the_count_again() -> None:
    breaker = Breaker(BreakerPolicy(failures=2))
    breaker.failed(0.0)
    breaker.succeeded()
    breaker.failed(1.0)
    assert breaker.admits
    breaker.failed(2.0)
    assert not breaker.admits


def test_nobody_looks_before_the_wait_is_over_and_a_look_before_it_changes_nothing() -> None:
    breaker = opened(at=5.0)
    assert not breaker.is_look_due(34.9)
    assert breaker.is_look_due(35.0)
    breaker.looked(34.9, is_well=True)
    assert breaker.circuit is Circuit.OPEN


def test_one_call_at_a_time_tries_it_when_it_looks_well() -> None:
    breaker = half_open()
    assert breaker.admits
    breaker.began()
    assert not breaker.admits
    breaker.succeeded()
    assert breaker.circuit is Circuit.CLOSED
    assert breaker.admits


def test_a_trial_that_was_given_up_leaves_the_place_to_another() -> None:
    breaker = half_open()
    breaker.began()
    breaker.abandoned()
    assert breaker.admits
    assert breaker.circuit is Circuit.HALF_OPEN


def test_trials_that_fail_make_the_wait_longer_up_to_a_longest_and_success_makes_it_short_again() -> None:
    breaker, now = opened(), 0.0
    waits = []
    for _ in range(4):
        wait = next(seconds for seconds in range(1, 200) if breaker.is_look_due(now + seconds))
        waits.append(wait)
        now += wait
        breaker.looked(now, is_well=True)
        breaker.began()
        breaker.failed(now)
    assert waits == [30, 60, 100, 100]
    now += 100
    breaker.looked(now, is_well=True)
    breaker.began()
    breaker.succeeded()
    breaker.failed(now)
    assert breaker.is_look_due(now + 30)


def test_a_look_that_finds_it_unwell_opens_the_circuit_and_costs_no_longer_wait() -> None:
    breaker = Breaker(POLICY)
    breaker.looked(0.0, is_well=False)
    assert not breaker.admits
    breaker.looked(30.0, is_well=False)
    assert not breaker.is_look_due(59.0)
    assert breaker.is_look_due(60.0)


def test_a_call_that_goes_well_although_it_was_left_out_closes_the_circuit() -> None:
    breaker = opened()
    breaker.began()
    breaker.succeeded()
    assert breaker.admits


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, the rules hold."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(POLICY)
        self.now = 0.0
        self.trials = 0

    @rule(seconds=st.floats(0, 200))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def call_begins(self) -> None:
        if self.breaker.admits:
            self.trials = 1 if self.breaker.circuit is Circuit.HALF_OPEN else 0
            self.breaker.began()

    @rule()
    def call_goes_well(self) -> None:
        self.breaker.succeeded()
        self.trials = 0
        assert self.breaker.admits

    @rule()
    def call_fails(self) -> None:
        self.breaker.failed(self.now)
        self.trials = 0
        assert not self.breaker.admits

    @rule()
    def call_is_given_up(self) -> None:
        before = self.breaker.circuit
        self.breaker.abandoned()
        self.trials = 0
        assert self.breaker.circuit is before

    @rule(is_well=st.booleans())
    def someone_looks(self, is_well: bool) -> None:
        self.breaker.looked(self.now, is_well=is_well)
        if not is_well:
            self.trials = 0

    @invariant()
    def only_one_tries(self) -> None:
        if self.breaker.circuit is Circuit.HALF_OPEN and self.trials:
            assert not self.breaker.admits

    @invariant()
    def an_open_circuit_has_a_look_due_within_the_longest_wait(self) -> None:
        if self.breaker.circuit is Circuit.OPEN:
            assert not self.breaker.admits
            assert self.breaker.is_look_due(self.now + POLICY.longest_open_seconds)


TestAnyOrder = AnyOrder.TestCase
