import pytest

from tinymledu.errors import InputError
from tinymledu.exploration.trust import audit_figure, cross_site_figure, drift_figure


def test_drift_figure_tells_first_and_last_day():
    figure = drift_figure([0, 7], {"left alone": [2, 1200], "renewed": [2, 0]}, title="T")

    assert "left alone: 2 at first, 1,200 at last" in figure.alt
    assert figure.columns == ("days", "0", "7")
    assert figure.rows == (("left alone", "2", "1,200"), ("renewed", "2", "0"))


def test_audit_figure_has_each_auc_with_its_interval():
    audit = {
        0: {"naive": (0.6, 0.57, 0.63), "matched": (0.6, 0.57, 0.62)},
        1: {"naive": (0.8, 0.78, 0.82), "matched": (0.53, 0.49, 0.57)},
    }

    figure = audit_figure(audit, title="T")

    assert "naive AUC from 0.60 to 0.80; matched AUC from 0.60 to 0.53" in figure.alt
    assert ("1", "matched", "0.530", "0.490 to 0.570") in figure.rows


def test_cross_site_figure_names_the_worst_site_of_each_model():
    figure = cross_site_figure([[0.9, 0.5], [0.7, 0.8]], ("a", "b"), ("x", "y"), title="T")

    assert "a: worst at y, 0.50; b: worst at x, 0.70" in figure.alt
    assert figure.rows[1] == ("b", "0.700", "0.800", "x")


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(InputError, match="1 values for 2 days"):
        drift_figure([0, 1], {"a": [1]}, title="T")
    with pytest.raises(InputError, match="1 to 6 lines, not 0"):
        drift_figure([0], {}, title="T")
    with pytest.raises(InputError, match="no day to show"):
        drift_figure([], {"a": []}, title="T")
    with pytest.raises(InputError, match="same names"):
        audit_figure({0: {"a": (1, 1, 1)}, 1: {"b": (1, 1, 1)}}, title="T")
    with pytest.raises(InputError, match=r"shape \(1, 2\), for 1 models and 1 sites"):
        cross_site_figure([[1, 1]], ("a",), ("x",), title="T")
