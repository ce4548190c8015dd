import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from survival.reference import case, close, numbers
from tenure.survival import KaplanMeier, NelsonAalen, outcome

CASES = {
    "km_aml_by_arm": {"by": "x"},
    "km_lung_all": {},
    "km_lung_by_sex": {"by": "female"},
    "km_veteran_by_cell": {"by": "celltype"},
    "km_rossi_all": {"time": "week", "event": "arrest"},
    "km_gbsg2_by_horm": {"event": "cens", "by": "horTh"},
    "km_lung_freq_weights": {"weight": "w"},
    "km_lung_left_truncated": {"entry": "entry"},
    "km_heart_start_stop_by_transplant": {"time": "stop", "event": "event", "entry": "start", "by": "transplant"},
}


@pytest.mark.parametrize("name", CASES)
def test_matches_r(name):
    values, data = case(name)
    columns = {"time": "time", "event": "status"} | CASES[name]
    y = outcome(data[columns["time"]], data[columns["event"]], data[columns["entry"]] if "entry" in columns else None)
    by = data[columns["by"]] if "by" in columns else None
    weight = data[columns["weight"]] if "weight" in columns else None
    hazard = NelsonAalen().fit(y, by, weight)
    corrected = NelsonAalen(ties="fleming-harrington").fit(y, by, weight)
    for scale, prefix in (("plain", "plain"), ("log", "log"), ("log-log", "loglog")):
        km = KaplanMeier(interval=scale).fit(y, by, weight)
        tables = dict(iter(km.table_.groupby("group"))) if by is not None else {"all": km.table_}
        quantiles = km.quantile()
        assert list(tables) == list(values)
        for g, (group, ref) in enumerate(values.items()):
            table = tables[group]
            rows = np.array(ref["thinned_to_rows"]) - 1 if "thinned_to_rows" in ref else slice(None)
            names = {"time": "time", "n_risk": "n_risk", "n_event": "n_event", "n_censor": "n_censor", "survival": "surv", "std_error": "se_surv_greenwood"}
            for ours, theirs in (names | {"lower": f"{prefix}_lower", "upper": f"{prefix}_upper"}).items():
                close(table[ours].to_numpy()[rows], ref[theirs], 1e-10, f"{group} {theirs}")
            found = quantiles[quantiles["group"] == group] if by is not None else quantiles
            for ours, theirs in {"time": "estimate", "lower": "lower", "upper": "upper"}.items():
                expected = numbers(ref[f"quantiles_{prefix}"][theirs])
                np.testing.assert_array_equal(found[ours], np.where(np.isnan(expected), np.inf, expected))
            mean = km.rmst(ref["rmst"]["tau"]).iloc[g]
            close([mean["rmst"], mean["std_error"]], [ref["rmst"]["estimate"], ref["rmst"]["se"]], 1e-10, group)
            time = hazard.model_.column(g, "time")[rows]
            close(np.atleast_2d(hazard.predict(time))[g], ref["nelson_aalen"], 1e-10, group)
            close(np.atleast_2d(corrected.predict(time))[g], ref["fleming_harrington_cumhaz"], 1e-10, group)


def test_every_form_of_outcome_is_the_same():
    time, event = np.array([2.0, 3, 3, 5, 8]), np.array([True, True, False, True, False])
    expected = KaplanMeier().fit(outcome(time, event)).table_
    frame = pd.DataFrame({"time": time, "event": event})
    sksurv = np.array(list(zip(event, time, strict=True)), dtype=[("status", bool), ("days", float)])
    forms = [(time, event), [list(time), list(event)], frame, frame[["event", "time"]], frame.set_axis(["months", "left"], axis=1), sksurv]
    forms += [
        pl.from_pandas(frame),
        pa.Table.from_pandas(frame),
        np.column_stack([time, event]),
        (time.astype(int), event.astype(int)),
        (pd.Series(time), pd.Series(event)),
    ]
    for y in forms:
        found = KaplanMeier().fit(y).table_
        assert type(found).__module__.split(".")[0] in ("pandas", "polars", "pyarrow")
        found = found.to_pandas() if hasattr(found, "to_pandas") else found
        pd.testing.assert_frame_equal(found, expected)


def test_tables_come_back_in_the_callers_frame():
    y = pl.DataFrame({"time": [1.0, 2, 3], "event": [1, 0, 1]})
    km = KaplanMeier().fit(y, by=pl.Series("plan", ["a", "b", "a"]))
    assert isinstance(km.table_, pl.DataFrame)
    assert isinstance(km.rmst(2), pl.DataFrame)
    assert km.table_["group"].to_list() == ["a", "a", "b"]


def test_several_columns_of_groups_are_crossed():
    by = pd.DataFrame({"plan": ["a", "a", "b", "b"], "new": [True, False, False, False]})
    assert KaplanMeier().fit(([1, 2, 3, 4], [1, 1, 1, 1]), by).groups_ == ["plan=a, new=False", "plan=a, new=True", "plan=b, new=False"]


def test_conditional_survival_is_a_ratio():
    km = KaplanMeier().fit(([1, 2, 3, 4, 5], [1, 1, 1, 1, 0]))
    np.testing.assert_allclose(km.predict_conditional([1, 2], given=2), [0.4 / 0.6, 0.2 / 0.6])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (([1, -1], [1, 0]), "time = -1 in row 1"),
        (([1, np.nan], [1, 0]), "time = nan in row 1"),
        (([1, 2], [1, 3]), "event = 3 in row 1"),
        (([1.0, 2], [1, np.nan]), "event is missing in row 1"),
        (([], []), "time: has no rows"),
        (([1, 2, 3], [1, 0]), "event: must have one value a row"),
        (([5, 5], [1, 1], [1, 6]), "entry = 6 in row 1: must be before time"),
        ([1, 2, 3], "y must be outcome"),
        (pd.DataFrame({"a": [1], "b": [1], "c": [1]}), "'time' and 'event' are needed"),
    ],
)
def test_bad_outcomes_say_what_is_wrong(y, message):
    with pytest.raises((ValueError, TypeError), match=message):
        KaplanMeier().fit(y)


def test_options_are_checked():
    y = ([1, 2], [1, 0])
    with pytest.raises(ValueError, match=r"level = 1\.5: must be in"):
        KaplanMeier(level=1.5).fit(y)
    with pytest.raises(ValueError, match="scale: is 'probit', must be one of"):
        KaplanMeier(interval="probit").fit(y)
    with pytest.raises(ValueError, match="by is missing in row 1"):
        KaplanMeier().fit(y, by=[1.0, np.nan])
    with pytest.raises(ValueError, match="times = -1"):
        KaplanMeier().fit(y).predict([-1])


def test_plots_are_drawn(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    _, data = case("km_lung_by_sex")
    ax = KaplanMeier().fit((data["time"], data["status"]), by=data["female"]).plot()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0", "1"]
    assert {text.get_text() for text in ax.texts} >= {"at risk", "137", "90"}
    ax.figure.savefig(tmp_path / "km.png")
    lines = KaplanMeier().fit((data["time"], data["status"]), by=data["female"]).plot_log_log()
    assert lines.get_xscale() == "log"
    assert len(lines.lines) == 2
    assert NelsonAalen().fit((data["time"], data["status"])).plot().get_ylabel() == "cumulative hazard"
