from bench.latency_plots import spans_ms


def test_a_step_reaches_from_the_one_it_waits_for_to_its_median() -> None:
    steps = {
        "turn_confirmed": {50: 260.0},
        "transcript": {50: 170.0},
        "first_token": {50: 210.0},
        "first_clause": {50: 240.0},
        "first_audio": {50: 270.0},
    }
    assert spans_ms(steps) == {
        "turn_confirmed": (0.0, 260.0),
        "transcript": (0.0, 170.0),
        "first_token": (170.0, 210.0),
        "first_clause": (210.0, 240.0),
        "first_audio": (240.0, 270.0),
    }


def test_a_step_that_a_stock_client_does_not_see_is_passed_over() -> None:
    assert spans_ms({"first_token": {50: 300.0}, "first_audio": {50: 350.0}})["first_audio"] == (300.0, 350.0)


def test_no_step_has_a_negative_length_when_it_came_before_the_one_it_waits_for() -> None:
    assert spans_ms({"transcript": {50: 300.0}, "first_token": {50: 250.0}})["first_token"] == (250.0, 250.0)
