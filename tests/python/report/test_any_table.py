"""Whatever the file holds, reading it gives customers or one clear refusal, and customers give a page."""

import contextlib
import json

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tenure as tn

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "NA", "Yes", "No", "0", "1", "-1", "1e400", "inf", "nan", "2025-01-01", "2025-13-45", "1999/2/3", '"', "a,b", "是", "\u2063", "x" * 50]
    ),
    st.text(max_size=4),
    st.integers(-5, 5).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
)
NAMES = st.one_of(
    st.sampled_from(["churn", "tenure", "start", "end", "customer_id", "monthly_charges", "reason", "plan", "a b", "[x]"]), st.text(min_size=1, max_size=3)
)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data.draw(st.one_of(st.binary(max_size=80), st.text(alphabet='ab,;"\n\r\t1-', max_size=80).map(str.encode))))
    with contextlib.suppress(tn.InvalidInput):
        tn.read(path)


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_table_gives_a_page_or_a_refusal(tmp_path, data):
    names = data.draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    rows = data.draw(st.integers(2, 12))
    copies = data.draw(st.sampled_from([1, 8]))
    columns = {name: data.draw(st.lists(CELLS, min_size=rows, max_size=rows)) * copies for name in names}
    if data.draw(st.booleans()):
        columns["churn"] = [("Yes", "No")[i % 2] for i in range(rows * copies)]
    try:
        made = tn.report(pd.DataFrame(columns))
    except tn.InvalidInput:
        return
    assert made.html("zh").rstrip().endswith("</html>")
    assert json.loads(made.json()) == made.findings
