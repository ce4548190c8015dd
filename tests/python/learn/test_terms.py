"""Splines against R's ns, interactions against formulas, and the table that comes out."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.pipeline import make_pipeline

import tenure
from tenure import _core
from tenure.learn import LogisticRegression, Terms

REFERENCE = Path(__file__).parents[2] / "reference" / "learn"


@pytest.fixture(scope="module")
def rows():
    d = pd.read_csv(REFERENCE / "logistic_rows.csv")
    d["plan"] = pd.Categorical.from_codes(d["plan"], ["basic", "plus", "pro"])
    return d


@pytest.fixture(scope="module")
def bases():
    table = pd.read_csv(REFERENCE / "splines.csv")
    return {case: part.pivot(index="row", columns="column", values="value").to_numpy() for case, part in table.groupby("case")}


def test_splines_equal_ns(rows, bases):
    x = rows["charges"].to_numpy()
    for df in (1, 4):
        knots = _core.learn.natural_spline_knots(x, df)
        np.testing.assert_allclose(_core.learn.natural_spline_basis(x, knots), bases[f"df{df}"], atol=1e-12)
    np.testing.assert_allclose(_core.learn.natural_spline_basis(x, [20, 40, 60, 90, 150]), bases["knots"], atol=1e-12)
    far = Terms(splines={"charges": 4}).fit(rows[["charges"]]).transform(pd.DataFrame({"charges": [-50.0, 0.0, 1000.0]}))
    np.testing.assert_allclose(far, bases["df4_new"], rtol=1e-10)


def test_splines_are_smooth_and_straight_outside():
    knots = [0.0, 1.0, 2.5, 4.0]
    step = 1e-4
    for at in [*knots, -3.0, 9.0]:
        below, here, above = _core.learn.natural_spline_basis(np.array([at - step, at, at + step]), knots)
        np.testing.assert_allclose((above - here) / step, (here - below) / step, atol=5e-3)
    line = _core.learn.natural_spline_basis(np.array([5.0, 6, 7]), knots)
    np.testing.assert_allclose(line[2] - line[1], line[1] - line[0], atol=1e-12)


def test_interactions_equal_a_formula(rows):
    table = pd.read_csv(REFERENCE / "logistic_more.csv")
    expected = {name: part["value"].to_numpy() for name, part in table[table["case"] == "terms"].groupby("quantity")}
    terms = Terms(interactions=[("charges", "plan"), ("age", "charges")])
    model = make_pipeline(terms, LogisticRegression(penalty=None)).fit(rows[["age", "charges", "plan"]], rows["y"])[-1]
    coefficients = model.summary_.set_index("term")["coefficient"]
    wanted = ["intercept", "age", "plan[pro]", "charges:plan[plus]", "age:charges"]
    np.testing.assert_allclose(coefficients[wanted], expected["coef"], rtol=1e-8)
    np.testing.assert_allclose(model.deviance_, expected["deviance"], rtol=1e-12)
    bent = Terms(splines={"charges": 3}, interactions=[("charges", "plan")])
    model = make_pipeline(bent, LogisticRegression(penalty=None)).fit(rows[["charges", "plan"]], rows["y"])[-1]
    np.testing.assert_allclose(model.deviance_, expected["spline_deviance"], rtol=1e-10)


def test_products_of_splines_and_of_categoricals(rows):
    d = rows.assign(flag=np.where(rows["calls"] > 2, "many", "few"))
    X = d[["charges", "plan", "flag"]]
    table = Terms(splines={"charges": 2}, interactions=[("charges", "flag"), ("plan", "flag")]).fit_transform(X)
    assert table.columns.tolist() == [
        *["ns(charges)[1]", "ns(charges)[2]", "plan", "flag", "ns(charges)[1]:flag[many]", "ns(charges)[2]:flag[many]"],
        *["plan[plus]:flag[many]", "plan[pro]:flag[many]"],
    ]
    np.testing.assert_array_equal(table["plan[pro]:flag[many]"], (d["plan"] == "pro") & (d["flag"] == "many"))
    np.testing.assert_array_equal(table["ns(charges)[2]:flag[many]"], table["ns(charges)[2]"] * (d["flag"] == "many"))


def test_frames_stay_frames_of_their_kind(rows):
    X = rows[["charges", "plan"]].sample(frac=1, random_state=1)
    terms = Terms(splines={"charges": 3}, interactions=[("charges", "plan")]).fit(X)
    table = terms.transform(X)
    assert table.columns.tolist() == terms.get_feature_names_out().tolist()
    assert table.index.equals(X.index)
    assert table["plan"].dtype == X["plan"].dtype
    again = tenure.learn.Terms.from_bytes(terms.to_bytes())
    pd.testing.assert_frame_equal(again.transform(X), table)
    other = Terms(splines={"charges": 3}, interactions=[("charges", "plan")]).fit_transform(pl.from_pandas(X.reset_index(drop=True)))
    assert isinstance(other, pl.DataFrame)
    np.testing.assert_array_equal(other.drop("plan").to_numpy(), table.drop(columns="plan").to_numpy())
    array = Terms(splines={0: 3}, interactions=[(0, 1)]).fit_transform(rows[["charges", "age"]].to_numpy())
    np.testing.assert_array_equal(array[:, :3], table.sort_index().iloc[:, :3].to_numpy())
    np.testing.assert_array_equal(array[:, 4], array[:, 0] * rows["age"])


def test_rows_do_not_need_every_level(rows):
    terms = Terms(interactions=[("charges", "plan")]).fit(rows[["charges", "plan"]].astype({"plan": str}))
    few = pd.DataFrame({"charges": [2.0, 3.0], "plan": ["pro", "basic"]})
    np.testing.assert_array_equal(terms.transform(few).iloc[:, 2:], [[0, 2], [0, 0]])


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"splines": {"weight": 3}}, "splines: 'weight' is not a column; the columns are charges, plan"),
        ({"splines": {"plan": 3}}, "column 'plan' is categorical"),
        ({"splines": {"charges": 0}}, "df = 0"),
        ({"splines": {"charges": 2.5}}, "df = 2.5"),
        ({"splines": {"charges": 5000}}, "'charges'.*more knots"),
        ({"interactions": [("charges", "colour")]}, "interactions: 'colour'"),
        ({"interactions": ["charges"]}, "no pair"),
        ({"interactions": [("charges", "charges")]}, "with itself"),
    ],
)
def test_bad_terms(rows, terms, message):
    with pytest.raises(ValueError, match=message):
        Terms(**terms).fit(rows[["charges", "plan"]])


def test_bad_rows(rows):
    X = rows[["charges", "plan"]]
    terms = Terms(splines={"charges": 3}, interactions=[("charges", "plan")]).fit(X)
    with pytest.raises(ValueError, match=r"'charges'.*row 3"):
        terms.transform(X.assign(charges=X["charges"].where(X.index != 3)))
    with pytest.raises(ValueError, match="level 'gold' was not seen"):
        terms.transform(X.assign(plan="gold"))
    with pytest.raises(ValueError, match="missing in row 0"):
        terms.transform(X.assign(plan=X["plan"].where(X.index != 0)))
    with pytest.raises(ValueError, match=r"'charges'.*more knots"):
        Terms(splines={"charges": 2}).fit(X.assign(charges=1.0))
