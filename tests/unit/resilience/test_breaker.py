"""When a provider is asked after it has failed."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vivavoce.resilience.breaker import Breaker, BreakerPolicy, Circuit

POLICY = BreakerPolicy(open_seconds=30.0, longest_open_seconds=100.0)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker(POLICY)
    breaker.failed(at, breaker.began())
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
    breaker.failed(0.0, breaker.began())
    breaker.succeeded()
    breaker.failed(1.0, breaker.began())
    assert breaker.admits
    breaker.failed(2.0, breaker.began())
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
    breaker.abandoned(breaker.began())
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
        breaker.failed(now, breaker.began())
    assert waits == [30, 60, 100, 100]
    now += 100
    breaker.looked(now, is_well=True)
    breaker.began()
    breaker.succeeded()
    breaker.failed(now, breaker.began())
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


def test_a_second_call_beside_the_trial_leaves_the_trial_alone() -> None:
    breaker = half_open()
    trial, other = breaker.began(), breaker.began()
    breaker.abandoned(other)
    assert not breaker.admits
    breaker.failed(31.0, other)
    assert breaker.circuit is Circuit.HALF_OPEN
    assert not breaker.admits
    breaker.abandoned(trial)
    assert breaker.admits


def test_a_call_from_before_the_circuit_opened_says_nothing_of_a_provider_that_looks_well_again() -> None:
    breaker = Breaker(POLICY)
    early, late, failing = breaker.began(), breaker.began(), breaker.began()
    breaker.failed(0.0, failing)
    breaker.looked(30.0, is_well=True)
    breaker.failed(31.0, early)
    assert breaker.admits
    breaker.began()
    breaker.abandoned(late)
    assert not breaker.admits


def test_a_call_beside_the_trial_does_not_take_its_place_when_it_is_given_up() -> None:
    breaker = half_open()
    first, beside = breaker.began(), breaker.began()
    breaker.abandoned(first)
    trial = breaker.began()
    breaker.abandoned(beside)
    assert not breaker.admits
    breaker.failed(31.0, trial)
    assert breaker.circuit is Circuit.OPEN


def test_a_provider_that_looked_well_and_does_not_any_more_is_looked_at_again_soon() -> None:
    breaker = half_open()
    breaker.failed(30.0, breaker.began())
    breaker.looked(90.0, is_well=True)
    breaker.looked(95.0, is_well=False)
    assert not breaker.is_look_due(124.0)
    assert breaker.is_look_due(125.0)


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, the rules hold."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(POLICY)
        self.now = 0.0
        self.calls: list[int] = []
        self.trial: int | None = None

    @rule(seconds=st.floats(0, 200))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def call_begins(self) -> None:
        is_trial = self.breaker.circuit is Circuit.HALF_OPEN and self.breaker.admits
        self.calls.append(self.breaker.began())
        if is_trial:
            assert self.trial is None
            self.trial = self.calls[-1]

    @rule()
    def call_goes_well(self) -> None:
        self.breaker.succeeded()
        self.trial = None
        assert self.breaker.admits

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def call_fails(self, data: st.DataObject) -> None:
        before, call = self.breaker.circuit, self._ended(data)
        self.breaker.failed(self.now, call)
        if before is Circuit.CLOSED or call == self.trial:
            assert self.breaker.circuit is Circuit.OPEN
            self.trial = None
        else:
            assert self.breaker.circuit is before

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def call_is_given_up(self, data: st.DataObject) -> None:
        before, call = self.breaker.circuit, self._ended(data)
        self.breaker.abandoned(call)
        if call == self.trial:
            self.trial = None
        assert self.breaker.circuit is before

    def _ended(self, data: st.DataObject) -> int:
        return self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))

    @rule(is_well=st.booleans())
    def someone_looks(self, is_well: bool) -> None:
        self.breaker.looked(self.now, is_well=is_well)
        if not is_well:
            self.trial = None

    @invariant()
    def only_one_tries(self) -> None:
        if self.breaker.circuit is Circuit.HALF_OPEN:
            assert self.breaker.admits is (self.trial is None)

    @invariant()
    def an_open_circuit_has_a_look_due_within_the_longest_wait(self) -> None:
        if self.breaker.circuit is Circuit.OPEN:
            assert not self.breaker.admits
            assert self.breaker.is_look_due(self.now + POLICY.longest_open_seconds)


TestAnyOrder = AnyOrder.TestCase
