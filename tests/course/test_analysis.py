"""What a class report counts, and what it keeps to itself."""

import pytest
from made_report import raised, report_of, student, unread

from tinymledu.course.analysis import NO_SITE, POOLED, analyse
from tinymledu.course.grades import PersonGrade
from tinymledu.course.verdict import Verdict


def many(n, *, start=0, small=True, any_number=True):
    return [student(f"s{start + i:03}", small, any_number) for i in range(n)]


def test_unjudged_submissions_are_counted_and_are_no_zeros():
    found = analyse(report_of(*many(3), unread("z1"), unread("z2")))
    (machine,) = found.distributions

    assert found.n == 5
    assert (machine.n, machine.n_missing) == (3, 2)
    assert machine.values == (85.0, 85.0, 85.0)
    assert found.verdicts == {Verdict.PASSED: 3, Verdict.NOT_RUN: 2}
    assert [item.n for item in found.items] == [3, 3]


def test_totals_are_those_that_a_person_has_completed():
    people = {"s000": PersonGrade(10, 95), "s001": PersonGrade(None, None)}
    totals, machine = analyse(report_of(*many(3)), people).distributions

    assert (totals.values, totals.maximum, totals.n_missing) == ((95,), 100, 2)
    assert machine.maximum == 85


def test_bins_take_their_lower_edge_and_the_last_one_the_maximum():
    points = [0, 85]  # 0 of 85 and 85 of 85
    students = [student(f"s{p}", p == 85, p == 85) for p in points]
    (machine,) = analyse(report_of(*students)).distributions

    assert [count for _, _, count in machine.bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_quartiles_lie_between_values_as_in_a_hand_calculation():
    students = [*many(1), *many(1, start=1, small=False), *many(2, start=2, any_number=False)]
    (machine,) = analyse(report_of(*students)).distributions

    # 4, 4, 81, 85: a quarter of the way from the first to the last is 0.75 places in, still 4;
    # half is between 4 and 81; three quarters is a quarter of the way from 81 to 85.
    assert machine.quartiles == (4, 42.5, 82)


def test_item_has_share_and_wilson_interval():
    students = many(8) + many(2, start=8, small=False)
    small, _ = analyse(report_of(*students)).items

    # Wilson for 8 of 10 at 95 %: 0.490 to 0.943 (Brown, Cai and DasGupta's formula by hand).
    assert (small.share, small.n) == (0.8, 10)
    assert small.interval == pytest.approx((0.490, 0.943), abs=0.001)


def test_discrimination_is_the_correlation_with_the_other_checks():
    both = many(4)
    neither = many(4, start=4, small=False, any_number=False)
    first_only = many(2, start=8, any_number=False)
    small, _ = analyse(report_of(*both, *neither, *first_only)).items

    # Phi of the table 4, 2 / 0, 4: (4*4 - 2*0) / sqrt(6*4*4*6) = 16 / 24.
    assert small.discrimination == pytest.approx(16 / 24)


def test_discrimination_is_empty_where_everybody_passed_or_few_were_judged():
    all_pass = analyse(report_of(*many(12))).items
    too_few = analyse(report_of(*many(5), *many(4, start=5, small=False, any_number=False))).items

    assert [item.discrimination for item in (*all_pass, *too_few)] == [None] * 4


def test_sentences_are_counted_and_those_of_one_student_are_not_quoted():
    students = [
        *[student(f"a{i}", False, True, message="double(3): expected 6, got 9.") for i in range(3)],
        student("b", False, True, message="double(3): expected 6, got 'my name is Ana'."),
    ]
    (found,) = analyse(report_of(*students)).misconceptions

    assert (found.where, found.n, found.n_alone) == ("double of 3 and 4", 4, 1)
    assert found.sentences == (("double(3): expected 6, got 9.", 3),)


def test_errors_in_cells_are_counted_whatever_line_they_are_in():
    name_error = "NameError: name 'nmpy' is not defined"
    students = [
        student("a", True, True, trouble=[raised(f"{name_error} (line 2)")]),
        student("b", True, True, trouble=[raised(f"{name_error} (line 7)")]),
    ]
    (found,) = analyse(report_of(*students)).misconceptions

    assert (found.where, found.sentences) == ("cell double", ((name_error, 2),))


def site_map(**sizes):
    names = iter(range(1000))
    return {f"s{next(names):03}": site for site, n in sizes.items() for _ in range(n)}


def test_sites_are_in_the_order_of_the_alphabet_and_small_ones_together():
    sites = site_map(Quito=6, Accra=5, Dakar=3, Fiji=2)
    found = analyse(report_of(*many(16)), None, sites).sites

    assert [(one.name, one.n) for one in found] == [("Accra", 5), ("Quito", 6), (POOLED, 5)]


def test_pool_of_small_sites_takes_the_next_one_when_it_could_be_told_by_subtraction():
    sites = site_map(Quito=7, Accra=6, Lima=9, Dakar=2)
    found = analyse(report_of(*many(24)), None, sites).sites

    assert [(one.name, one.n) for one in found] == [("Lima", 9), ("Quito", 7), (POOLED, 8)]


@pytest.mark.parametrize("sizes", [{"Quito": 9}, {"Quito": 9, "Dakar": 2}, {"A": 2, "B": 2}])
def test_nothing_is_said_by_site_where_there_are_no_two_groups(sizes):
    n = sum(sizes.values())

    assert analyse(report_of(*many(n)), None, site_map(**sizes)).sites == ()
    assert analyse(report_of(*many(n))).sites == ()


def test_students_without_a_site_are_a_group_of_their_own():
    found = analyse(report_of(*many(11)), None, site_map(Quito=6)).sites

    assert [(one.name, one.n) for one in found] == [("Quito", 6), (NO_SITE, 5)]


def test_interval_of_a_site_stays_within_the_points_there_are():
    students = [*many(5), *many(1, start=5, any_number=False), *many(6, start=6)]
    quito, lima = analyse(report_of(*students), None, site_map(Quito=6, Zion=6)).sites

    assert quito.interval[1] == 85
    assert (lima.mean, lima.interval) == (85, (85, 85))
