"""Damage to a notebook in, what is graded out: as if there had been none."""

import json
import random
from copy import deepcopy

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import repair as damage
from grader.configure import DEMONSTRATION
from grader.questions.record import METADATA, MIME, Record
from grader.repair import NotGradable, heal
from grader.repair.report import NOTE, mended_in, note


def cell_of(notebook, grade_id):
    found = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id]
    assert len(found) == 1
    return found[0]


def whole(name, seed="whole"):
    return damage.submission(random.Random(seed), name)


def with_own(*sources):
    """The release of a lesson with cells of one's own."""
    notebook = json.loads(nbformat.writes(damage.released("05_cost")))
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    own = [source if isinstance(source, tuple) else ("code", source) for source in sources]
    notebook["cells"][9:9] = [json.loads(json.dumps(make[kind](source))) for kind, source in own]
    return damage.Handed("05_cost", notebook)


def own_in(healed):
    return [(c.cell_type, c.source) for c in healed.notebook.cells if c.id.startswith("added-")]


def heal_raw(handed):
    return heal(json.dumps(handed.notebook).encode(), damage.released(handed.name))


def assert_same_graded(found, expected, name):
    assert damage.what_is_graded(found, name) == damage.what_is_graded(expected, name)


@pytest.fixture(params=damage.lessons())
def name(request):
    return request.param


def test_an_undamaged_notebook_stays_as_it_is_and_nothing_is_said(name):
    handed = whole(name)
    healed = heal_raw(handed)
    assert healed.mended == ()
    assert [c.source for c in healed.notebook.cells] == [c["source"] for c in handed.notebook["cells"]]
    assert [c.cell_type for c in healed.notebook.cells] == [c["cell_type"] for c in handed.notebook["cells"]]


def test_the_release_itself_is_given_back_to_the_letter(name):
    assert heal(damage.released(name), damage.released(name)).notebook == damage.released(name)


def test_records_of_numbers_that_were_shown_go_into_the_metadata_and_nothing_else_stays_there():
    made = [Record.prove("a key", name, "layer_gflops", "{}").to_json() for name in ("ada", "ben")]
    handed = whole("05_cost")
    code = [cell for cell in handed.notebook["cells"] if cell["cell_type"] == "code"]
    shown = [{"output_type": "display_data", "metadata": {}, "data": {MIME: record}} for record in made]
    code[3]["outputs"], code[5]["outputs"] = [shown[0], 3, {"data": 4}], [shown[1], {"data": {MIME: "x"}}]
    code[7]["outputs"] = [shown[0]]
    handed.notebook["metadata"] |= {METADATA: [made[0] | {"student": "eve"}], "mine": 1}
    notebook = heal_raw(handed).notebook
    assert notebook.metadata == damage.released("05_cost").metadata | {METADATA: made}
    assert not any("outputs" in cell and cell.outputs for cell in notebook.cells)


@pytest.mark.parametrize("way", damage.DAMAGES, ids=lambda way: way.__name__)
def test_each_kind_of_damage_is_healed(name, way):
    rng = random.Random(way.__name__)
    handed = damage.submission(rng, name)
    expected = damage.healed(handed)
    way(rng, handed)
    before = handed.files()
    found = damage.healed(handed)
    nbformat.validate(found)
    assert_same_graded(found, expected, name)
    assert handed.files() == before


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    ways=st.lists(st.sampled_from(damage.DAMAGES), min_size=1, max_size=3, unique=True),
)
def test_any_damages_together_leave_locked_cells_and_crash_nothing(seed, ways):
    rng = random.Random(seed)
    handed = damage.submission(rng, rng.choice(damage.lessons()))
    expected = damage.healed(handed)
    release = deepcopy(damage.released(handed.name))
    for way in sorted(ways, key=damage.DAMAGES.index):
        way(rng, handed)
    found = damage.healed(handed)
    assert damage.released(handed.name) == release
    graded, wanted = (damage.what_is_graded(notebook, handed.name) for notebook in (found, expected))
    assert [locked[:3] for locked in graded[:-1]] == [locked[:3] for locked in wanted[:-1]]
    differing = sum(got[3:] != want[3:] for got, want in zip(graded, wanted))
    assert differing <= 1  # one cut in the middle of a line can be out of anybody's sight


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_crash_it(data):
    with pytest.raises(NotGradable, match=r"\.$"):
        heal(data, damage.released("05_cost"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=15, deadline=None)
@given(key=st.sampled_from(["cell_type", "source", "id", "metadata", "outputs", "attachments"]), value=JSON)
def test_a_cell_with_any_json_in_any_field_is_read(key, value):
    handed = whole("05_cost")
    handed.notebook["cells"][8][key] = value
    handed.notebook["cells"][8]["metadata"] = {"nbgrader": value} if key == "metadata" else {}
    nbformat.validate(heal_raw(handed).notebook)


def test_truncated_in_the_lesson_s_last_words_is_healed_and_earlier_is_not_gradable(name):
    handed = whole(name)
    data = json.dumps(handed.notebook).encode()
    counts = max(data.rindex(b'"grade": true'), data.rfind(b"# a helper"))  # of one's own, for the answers
    last = data.index(b'"cell_type"', counts)  # of the cell behind it: what a person grades is whole
    healed = heal(data[: last + 30], damage.released(name))
    assert_same_graded(healed.notebook, heal_raw(handed).notebook, name)
    assert "damaged" in healed.mended[0]
    with pytest.raises(NotGradable, match="answers are not in what is left"):
        heal(data[: len(data) // 2], damage.released(name))


# -- cells that were split --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "second", ["ention'", "\n    return", " x"], ids=["a word", "a line", "an expression"]
)
def test_a_cell_of_one_s_own_that_was_split_is_one_again(second):
    text = "my_notes = 'attention'\nprint(my_notes)\ndef double(x):\n    return 2 * x"
    at = text.rindex(second)
    healed = heal_raw(with_own(text[:at], text[at:].strip("\n")))
    assert own_in(healed) == [("code", text)]
    assert healed.mended == ("Cells of your own that had been split were put together.",)


@pytest.mark.parametrize(
    "sources",
    [
        ("x = 1", "y = 2"),
        ("def f(:", "y = 2"),
        ("if True:", "%%time\n    y = 2"),
        ("(1", "# between", "2"),
        ("x = (1 +", ("markdown", "between"), "     2)"),
        (("markdown", "x = (1 +"), "     2)"),
    ],
)
def test_cells_of_one_s_own_that_are_no_halves_stay_as_they_are(sources):
    healed = heal_raw(with_own(*sources))
    assert [source for _, source in own_in(healed)] == [s if isinstance(s, str) else s[1] for s in sources]
    assert healed.mended == ()


def test_what_is_left_of_a_locked_cell_that_was_cut_short_is_recognised():
    handed = whole("05_cost")
    locked = cell_of(handed.notebook, "attention_matrix_bytes")
    locked |= {"source": locked["source"][:12], "metadata": {}, "id": "lost"}
    healed = heal_raw(handed)
    assert not any(c.cell_type == "code" and c.source == locked["source"] for c in healed.notebook.cells)
    assert any("changed and are again" in said and "attention_matrix" in said for said in healed.mended)


# -- what students do to answers --------------------------------------------------------------------------


def test_two_answers_in_two_cells_both_run_and_the_last_counts():
    handed = whole("05_cost")
    answer = cell_of(handed.notebook, "matmul_flops_answer")
    answer["source"] = 'matmul_flops = "first"'
    again = {**deepcopy(answer), "id": "again", "source": 'matmul_flops = "second"'}
    handed.notebook["cells"].insert(handed.notebook["cells"].index(answer) + 1, again)
    healed = heal_raw(handed)
    found = cell_of(healed.notebook, "matmul_flops_answer")
    assert found.source == 'matmul_flops = "first"\nmatmul_flops = "second"'
    assert any("last definition counts" in sentence for sentence in healed.mended)


def test_a_copy_as_released_does_not_undo_the_answer():
    handed = whole("05_cost")
    answer = cell_of(handed.notebook, "count_matmul_answer")
    stub = cell_of(damage.released("05_cost"), "count_matmul_answer").source
    answer["source"] = "def count_matmul(a_shape, b_shape):\n    return 1"
    handed.notebook["cells"].append({**deepcopy(answer), "id": "again", "source": stub})
    healed = heal_raw(handed)
    assert cell_of(healed.notebook, "count_matmul_answer").source == answer["source"]


def test_answers_that_cannot_be_one_cell_stay_two():
    handed = whole("05_cost")
    answer = cell_of(handed.notebook, "matmul_flops_answer")
    answer["source"] = "matmul_flops = (1"
    again = {**deepcopy(answer), "id": "again", "source": 'matmul_flops = "2*L*d*n"'}
    handed.notebook["cells"].insert(handed.notebook["cells"].index(answer) + 1, again)
    cells = heal_raw(handed).notebook.cells
    place = next(i for i, c in enumerate(cells) if c.source == "matmul_flops = (1")
    assert not cells[place].metadata
    assert cells[place + 1].source == 'matmul_flops = "2*L*d*n"'


def test_a_deleted_answer_is_not_filled_in_from_the_release():
    """Somebody may have worked in the release; what they wrote is nobody else's answer."""
    handed = whole("05_cost")
    handed.notebook["cells"].remove(cell_of(handed.notebook, "matmul_flops_answer"))
    release = deepcopy(damage.released("05_cost"))
    cell_of(release, "matmul_flops_answer").source = 'matmul_flops = "2*L*d*n"'
    healed = heal(json.dumps(handed.notebook).encode(), release)
    assert "2*L*d*n" not in cell_of(healed.notebook, "matmul_flops_answer").source
    assert "There was no cell with an answer for: matmul_flops_answer." in healed.mended


def test_what_was_written_into_a_locked_cell_is_kept_and_run_before_it():
    handed = whole("05_cost")
    cell_of(handed.notebook, "matmul_flops")["source"] = "assert True\nmine = 1"
    cell_of(handed.notebook, "overtakes_statement")["source"] = "I deleted the question."
    cells = heal_raw(handed).notebook.cells
    place = next(i for i, c in enumerate(cells) if c.source == "assert True\nmine = 1")
    assert (cells[place].cell_type, cells[place + 1].source) == ("code", 'check("matmul_flops")')
    assert cells[place].metadata == {}
    assert any((c.cell_type, c.source) == ("markdown", "I deleted the question.") for c in cells)


def test_added_cells_keep_their_order_when_all_else_is_shuffled():
    handed = whole("02_attention", seed="shuffle")
    own = [nbformat.v4.new_code_cell(f"step_{i} = {i}") for i in range(5)]
    cells = [*handed.notebook["cells"]]
    random.Random(3).shuffle(cells)
    for number, cell in enumerate(own):
        cells.insert(20 * number + 7, json.loads(json.dumps(cell)))
    handed.notebook["cells"] = cells
    found = [c.source for c in heal_raw(handed).notebook.cells if c.source.startswith("step_")]
    assert found == [cell.source for cell in own]


@pytest.mark.parametrize("alter", [lambda text: text, lambda text: text[1:]], ids=["as released", "changed"])
def test_what_a_student_defines_in_a_demonstration_is_run(alter):
    handed = whole("05_cost")
    shown = next(c for c in handed.notebook["cells"] if DEMONSTRATION in c["metadata"].get("tags", ()))
    shown["source"] = alter(shown["source"]) + "\ndef helper(x):\n    return x"
    cells = heal_raw(handed).notebook.cells
    holding = [c for c in cells if "def helper" in c.source]
    assert len(holding) == 1
    assert holding[0].cell_type == "code" and "tags" not in holding[0].metadata


def test_a_copy_of_a_demonstration_is_still_not_run():
    handed = whole("05_cost")
    shown = next(c for c in handed.notebook["cells"] if DEMONSTRATION in c["metadata"].get("tags", ()))
    handed.notebook["cells"].append({**shown, "id": "again", "metadata": {}})
    assert heal_raw(handed).notebook.cells[-1].metadata.tags == shown["metadata"]["tags"]


def test_another_lesson_s_notebook_is_not_gradable():
    with pytest.raises(NotGradable, match="Next to nothing in the notebook belongs"):
        heal(damage.released("02_attention"), damage.released("05_cost"))


# -- hostile ----------------------------------------------------------------------------------------------


def test_no_metadata_of_the_student_s_reaches_the_graded_notebook():
    handed = whole("05_cost")
    own = nbformat.v4.new_code_cell("print(1)", id=NOTE)
    marks = {"grade": True, "locked": True, "solution": False, "points": 1000, "grade_id": "bonus"}
    own.metadata = {"nbgrader": {**marks, "schema_version": 3, "task": False}, "tags": [DEMONSTRATION]}
    handed.notebook["cells"].insert(4, json.loads(json.dumps(own)))
    cell_of(handed.notebook, "matmul_flops")["metadata"]["nbgrader"] |= {"points": 1000, "locked": False}
    cell_of(handed.notebook, "overtakes")["cell_type"] = "markdown"
    handed.notebook["metadata"]["kernelspec"]["name"] = "../../evil"
    healed = heal_raw(handed)
    release = damage.released("05_cost")
    said = [c.metadata for c in healed.notebook.cells if "nbgrader" in c.metadata]
    assert said == [c.metadata for c in release.cells if "nbgrader" in c.metadata]
    assert healed.notebook.metadata == release.metadata
    assert cell_of(healed.notebook, "overtakes").cell_type == "code"
    added = next(c for c in healed.notebook.cells if c.source == "print(1)")
    assert (added.id, added.metadata) == ("added-000", {})
    assert any("count as your own (1)" in sentence for sentence in healed.mended)
    assert any("are again the lesson's: matmul_flops." in sentence for sentence in healed.mended)


def test_the_name_of_a_graded_cell_on_one_s_own_cell_gives_the_lesson_s_text_back():
    handed = whole("05_cost")
    graded = cell_of(handed.notebook, "matmul_flops")
    handed.notebook["cells"].append({**deepcopy(graded), "id": "mine", "source": "1.0"})
    cells = heal_raw(handed).notebook.cells
    assert [c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "matmul_flops"] == [
        'check("matmul_flops")'
    ]
    assert [c.cell_type for c in cells if c.source == "1.0" or "\n1.0\n" in c.source] == ["markdown"]


def test_the_note_says_what_was_mended_and_can_do_nothing():
    sentences = ("<script>alert(1)</script> & [x](javascript:1) $\\href{}$ `a` *b*.", "Two: a_b, c.")
    cell = note(sentences)
    for sign in ("<script", "](", "$", "`", "*"):
        assert sign not in cell.source
    assert mended_in(nbformat.v4.new_notebook(cells=[cell])) == sentences
    assert mended_in(nbformat.v4.new_notebook(cells=[])) == ()
