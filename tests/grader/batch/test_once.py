"""What a worker does once for a whole class gives nbgrader the answers that it would have got each time."""

import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import autograde
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from small_course import LESSON, RIGHT, Small
from sqlalchemy import inspect

from grader.batch import once
from grader.batch.course import open_course
from grader.batch.release import take_release


@pytest.fixture
def release(released, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "a secret")
    return take_release(open_course(released), LESSON)


def test_the_same_cells_as_in_the_gradebook(release, released):
    with Gradebook(Small(released).db_url, "small") as gradebook, once.lend(release):
        lent = autograde.Gradebook("a URL", "a course")
        assert lent.find_assignment(LESSON).name == LESSON
        theirs, ours = (each.find_notebook(LESSON, LESSON) for each in (gradebook, lent))
        assert ours.kernelspec == theirs.kernelspec
        names = {"source_cells": "find_source_cell", "grade_cells": "find_graded_cell"}
        for cells, find in names.items():
            assert [cell.name for cell in getattr(ours, cells)] == [c.name for c in getattr(theirs, cells)]
            for cell in getattr(theirs, cells):
                found = getattr(lent, find)(cell.name, LESSON, LESSON)
                for column in inspect(type(cell)).column_attrs:
                    assert getattr(found, column.key) == getattr(cell, column.key)
        for find in ("find_source_cell", "find_graded_cell"):
            with pytest.raises(MissingEntry):
                getattr(lent, find)("no such cell", LESSON, LESSON)
        with pytest.raises(MissingEntry):
            lent.find_notebook("no such notebook", LESSON)


def test_nobody_is_entered_and_the_gradebook_is_nbgrader_s_again_afterwards(release):
    with once.lend(release), autograde.Gradebook("a URL") as lent:
        assert lent.update_or_create_student("ada").grades == []
        assert lent.update_or_create_submission(LESSON, "ada", timestamp=1).total_seconds_late == 0
    assert autograde.Gradebook is Gradebook


@pytest.mark.parametrize(
    "change", [{}, {"points": -1}, {"points": "many"}, {"grade_id": "with spaces"}, {"grade": 3}], ids=str
)
def test_metadata_is_checked_as_nbgrader_checks_it(release, released, change):
    notebook = Small(released).notebook(RIGHT)
    notebook.cells[1].metadata.nbgrader.update(change)

    def complaint():
        try:
            MetadataValidator().validate_nb(notebook)
        except ValidationError as error:
            return str(error)

    with once.lend(release):
        ours = complaint()
    assert ours == complaint()
    assert (ours is None) == (change == {})
