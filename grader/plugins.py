"""Our part in nbgrader's autograding: the preprocessor that runs a submission and has it judged."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets import Dict, List, Unicode, default

from grader import catalogue, stopped
from grader.appeals import kept
from grader.appeals.word import heard, word_on
from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import MIME, Response, as_reply, read_reply
from grader.asking.wire import WireError
from grader.catalogue import UnknownExercise
from grader.configure import DEMONSTRATION
from grader.demonstrations import absent, explained, is_demonstration, is_long, needed
from grader.exercise import Exercise, Number
from grader.intake.classmates import classmates
from grader.intake.roster import partners
from grader.judging import panel, replies
from grader.judging.examination import AT_MOST, examine, request
from grader.judging.judge import judge
from grader.judging.own_numbers import OwnNumbers, choose
from grader.judging.verdict import MIME as VERDICT
from grader.judging.verdict import Verdict
from grader.questions.personal import course_secret, hidden_seed, plain_name
from grader.questions.record import METADATA, read_records
from grader.references import handed_on
from grader.sandbox import view
from grader.sandbox.confinement import confinement
from grader.sandbox.provisioner import plain_files, told
from grader.sandbox.runner import FLOOD
from grader.sandbox.short_way import PROBE, Unusual
from grader.sandbox.two_ways import ShortFirst
from grader.uses import uses

INERT = {"text/plain", "image/png", "image/jpeg"}
SECONDS_OF_A_CRASH = 5.0  # in which a kernel dies that was not too slow, but ended by something
INTERRUPTED = ("KeyboardInterrupt", FLOOD[0])
LOST = ("DeadKernelError", "CellTimeoutError")  # what nbclient and nbgrader call it
NO_REPLY = "Your code ended or blocked the notebook's kernel, so there was nothing left to ask."
CODE_CELL: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
ENDED_BY_US = "The kernel was ended while your code ran. {}"
TIME_UP = "The notebook ran longer than the {:g} seconds that it has in all, so this could not be asked."


class Judge(ShortFirst, Execute):
    """Runs a submission and judges it, in nbgrader's place of `Execute`.

    Where the notebook has a graded cell of an exercise, the kernel is not asked for a score: it gets the
    judge's inputs and gives back outputs. The judge, in this process, compares and writes the score and the
    feedback into the cell, where nbgrader's own `SaveAutoGrades` finds them. Whatever the student's code
    prints, warns or returns there counts for nothing.
    """

    secret = Unicode(help="from which numbers and hidden cases follow; the course's own, if not said").tag(
        config=True
    )

    classmates = List(
        Unicode(), help="everybody in the class; those the course's folder and gradebook know, if not said"
    ).tag(config=True)
    partners = Dict(help="who hands in with whom, by student; the kept roster's, if not said").tag(
        config=True
    )

    appeals = Dict(help="people's words on answers, by student and exercise; the course's, if not said").tag(
        config=True
    )

    replies = Dict(help="what this student's answers sent before (`grader.judging.replies`)").tag(config=True)

    @default("secret")
    def _secret_of_the_course(self) -> str:
        return course_secret(Path(CourseDirectory(parent=self).root))

    @default("classmates")
    def _classmates_of_the_course(self) -> list[str]:
        return classmates(CourseDirectory(parent=self))

    @default("partners")
    def _partners_of_the_course(self) -> dict[str, list[str]]:
        return partners(Path(CourseDirectory(parent=self).root))

    @default("appeals")
    def _appeals_of_the_course(self) -> Any:
        return kept.read(Path(CourseDirectory(parent=self).root))

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        self.student = resources["nbgrader"]["student"]
        _have_run_what_is_needed(nb)
        found = enumerate(map(_graded_exercise, nb.cells))
        self._graded = {index: exercise for index, exercise in found if exercise}  # by the number of the cell
        self.exercises = list(self._graded.values())
        self._own = self._own_numbers(nb)
        self.numbers = {exercise: own.values for exercise, own in self._own.items()}
        self.references = handed_on(nb.cells, self.exercises)
        self._verdicts: dict[int, Verdict] = {}  # likewise
        self._requests: dict[int, tuple[Exercise, list[list[dict[str, Any]]]]] = {}  # likewise
        self._sent: dict[str, str] = {}
        self._is_disturbed = False  # something other than the cells and requests has come upon the kernel
        nb, resources = super().preprocess(nb, resources, km)
        resources[replies.RESOURCE] = self._sent
        _make_inert(nb)
        for index, verdict in self._verdicts.items():
            _write_verdict(nb.cells[index], verdict)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        if exercise := self._graded.get(index):
            self._verdicts[index] = self._judge(exercise, index)
        elif _is_run(cell) and not self.is_time_up:
            try:
                cell, resources = super().preprocess_cell(cell, resources, index)
            except (DeadKernelError, CellTimeoutError):  # a second time-out: it could not be interrupted
                cell.outputs = [self._dead()]
            if _is_kernel_lost(cell.get("outputs", ())):
                if self.is_time_up:
                    cell.outputs = [self._dead()]
                self._start_again(index)
        return cell, resources

    def _judge(self, exercise: Exercise, index: int) -> Verdict:
        seed, own = hidden_seed(self.secret, self.student, exercise.id), self._own.get(exercise.id)
        examination = examine(exercise, own.key if own else "", seed)
        payloads = examination.payloads
        requests = [[payload] for payload in payloads] if exercise.asked_apart else [payloads]
        self._requests[index] = exercise, requests
        response = examination.in_place(self._answered(exercise, requests, index))
        word = word_on(exercise.id, self.nb.cells[:index], self.appeals.get(self.student, {}))
        verdict = judge(exercise, examination.questions, response, accuse=word is None)
        verdict = own.tell(verdict) if own else verdict
        said = explained(verdict, response.outcomes, self._missing(index))
        if said is verdict:
            said = stopped.told(verdict, response.outcomes, self.nb.cells[:index])
        return heard(said, word) if word else said

    def _own_numbers(self, nb: NotebookNode) -> dict[str, OwnNumbers]:
        """For each exercise that has numbers of one's own, those with which it is graded."""
        records = read_records(nb.metadata.pop(METADATA, None))
        return {
            exercise.id: choose(exercise, records, self.student, self.secret, self._is_neighbour)
            for exercise in self.exercises or ()
            if isinstance(exercise, Number)
        }

    def _is_neighbour(self, name: str) -> bool:
        """Whether a name is that of somebody else in the class, who does not hand in with the student."""
        together = {self.student, *self.partners.get(self.student, ())}
        others = set(map(plain_name, self.classmates)) - set(map(plain_name, together))
        return plain_name(name) in others

    def _missing(self, index: int) -> dict[str, str]:
        """What has no value before this cell, for want of a demonstration that is not run."""
        hidden = [name for cell in self.nb.cells if is_long(cell) for name in uses(cell.source).defines]
        run = (uses(cell.source) for cell in self.nb.cells[:index] if _is_run(cell))
        return absent(run, hidden)

    def _answered(self, exercise: Exercise, requests: list[list[dict[str, Any]]], index: int) -> Response:
        """What came of the requests, now or when the same was graded before."""
        if not (exercise.is_kept and confinement().confined):
            return self._ask(exercise, requests, index)
        key, expected = self._hangs_on(index), sum(map(len, requests))
        try:
            response = read_reply(replies.read(self.replies.get(key, "")), expected)
        except WireError:
            response = self._ask(exercise, requests, index)
            if self._is_disturbed or any(map(_is_interrupted, self.nb.cells[:index])):
                return response  # of a kernel that is not what the cells make of it
        if text := replies.written(as_reply(response)):
            self._sent[key] = text
        return response

    def _hangs_on(self, index: int) -> str:
        """What stands for all that the answer hangs on that is asked for in this cell."""
        sent: list[Any] = []
        for number, cell in enumerate(self.nb.cells[: index + 1]):
            if number in self._requests:
                exercise, requests = self._requests[number]
                sent.append([request(exercise, payloads) for payloads in requests])
            elif _is_run(cell):
                sent.append({"source": cell.source, "tags": cell.metadata.get("tags", [])})
        folder = self.resources.get("metadata", {}).get("path") or None
        files = {str(path.relative_to(str(folder))): path for path in plain_files(folder)}
        who = told(self.student, self.numbers or {}, self.references or {})
        return replies.key(view.fingerprint(), who, replies.contents(files), sent)

    def _ask(self, exercise: Exercise, requests: Sequence[list[dict[str, Any]]], index: int) -> Response:
        """All that came of the requests; after one that is not answered none of the others is sent."""
        whole = Response([])
        for payloads in requests:
            if whole.is_cut_short:
                whole.outcomes += whole.outcomes[-1:] * len(payloads)
            else:
                whole += self._ask_once(exercise, payloads, index)
        self._is_disturbed |= whole.is_cut_short
        return whole

    def _ask_once(
        self, exercise: Exercise, payloads: list[dict[str, Any]], index: int, is_again: bool = False
    ) -> Response:
        """What came of one request. A kernel that dies of it at once is asked again: accidents come once."""
        outputs, started = list[NotebookNode](), time.monotonic()
        if not self.is_time_up:
            asked = request(exercise, self.conceal(payloads))
            with self._waiting(AT_MOST * exercise.seconds):
                if self.short:
                    outputs = self.ask_short(self.short, asked)
                else:
                    outputs = self._run_aside(f"{PROBE}({asked!r})", index)
        try:
            response = read_reply(_reply_in(outputs), len(payloads))
        except WireError as error:
            if self.short:
                raise Unusual(str(error)) from None
            response = Response([Outcome(failure=Failure.by_judge(self._why()))] * len(payloads))
        if _is_kernel_lost(outputs):
            died_at_once = time.monotonic() < started + SECONDS_OF_A_CRASH
            self._start_again(index)
            if died_at_once and not is_again:
                return self._ask_once(exercise, payloads, index, is_again=True)
        return response

    def _start_again(self, index: int) -> None:
        """After student code has ended or blocked its kernel: a new one, brought to where the notebook stood.

        The cell that did it is left out, so that the other answers are still judged; so is one that ends the
        new kernel too. When the notebook's time is up there is no new kernel, and nothing more is run.
        """
        if self.short:
            raise Unusual("its kernel is lost")
        self._is_disturbed = True
        is_ready = False
        while not is_ready and not self.is_time_up:
            self._cleanup_kernel()
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            is_ready = self._catch_up(index)

    def _catch_up(self, index: int) -> bool:
        """Run the cells before this one again; False: one of them, now marked, has ended the kernel."""
        for earlier, cell in enumerate(self.nb.cells[:index]):
            if not _is_run(cell) or utils.is_grade(cell) or _is_kernel_lost(cell.get("outputs", ())):
                continue
            outputs = self._run_aside(cell.source, earlier)
            if _is_kernel_lost(outputs):
                cell.outputs = outputs
                return False
        return True

    def _run_aside(self, source: str, index: int) -> list[NotebookNode]:
        """Run code in the notebook's kernel without a trace in the notebook; return its outputs."""
        aside, cell = from_dict(CODE_CELL | {"source": source}), self.nb.cells[index]
        try:
            self.execute_cell(aside, index, store_history=False)
        except (DeadKernelError, CellTimeoutError):
            aside.outputs = [self._dead()]
        finally:
            self.nb.cells[index] = cell  # nbclient puts what it runs in the notebook
        return aside.outputs

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """While this lasts, a cell may run so long, if that is longer than usual."""
        usual = self.timeout
        if usual and usual > 0:  # else there is no limit
            self.timeout = max(usual, math.ceil(seconds))
        try:
            yield
        finally:
            self.timeout = usual

    def _dead(self) -> NotebookNode:
        """The output of a cell that ended its kernel."""
        return new_output("error", ename=LOST[0], evalue=self._why(), traceback=[])

    def _why(self) -> str:
        """Why there is no answer, in a sentence for the student."""
        if self.is_time_up:
            return TIME_UP.format(self.limits.seconds)
        return ENDED_BY_US.format(self._confined.ended) if self._confined.ended else NO_REPLY


def _is_kernel_lost(outputs: Iterable[NotebookNode]) -> bool:
    """Whether a cell ended the kernel, or ran so long that nothing tells whether it has stopped."""
    return any(output.get("ename") in LOST for output in outputs)


def _is_interrupted(cell: NotebookNode) -> bool:
    """Whether a cell was not run to its end, for want of time or because it shows too much."""
    return any(output.get("ename") in INTERRUPTED for output in cell.get("outputs", ()))


def _graded_exercise(cell: NotebookNode) -> Exercise | None:
    """The exercise that a graded cell is about; None for others, such as an instructor's own test."""
    if not (utils.is_grade(cell) and cell.cell_type == "code"):
        return None
    try:
        return catalogue.find(cell.metadata.nbgrader.grade_id)
    except UnknownExercise:
        return None


def _is_run(cell: NotebookNode) -> bool:
    """Whether a cell is run when it is graded."""
    return cell.cell_type == "code" and not is_demonstration(cell)


def _have_run_what_is_needed(nb: NotebookNode) -> None:
    """Let the demonstrations that an answer needs be cells like others: the tag keeps nbclient from them."""
    for index in needed(nb.cells):
        tags = nb.cells[index].metadata.tags
        nb.cells[index].metadata.tags = [tag for tag in tags if tag != DEMONSTRATION]


def _reply_in(outputs: list[NotebookNode]) -> Any:
    """What the student's process displayed for us; None if nothing."""
    replies = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    return replies[-1] if replies else None


def _make_inert(nb: NotebookNode) -> None:
    """Keep of the outputs what cannot act: a script in one would run in the page that an instructor opens."""
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            for kind in set(output.get("data", ())) - INERT:
                del output.data[kind]


def _write_verdict(cell: NotebookNode, verdict: Verdict) -> None:
    """Feedback for people, the same for programs, and the score in the form that nbgrader reads."""
    shown = {
        "text/html": panel.html(verdict, graded=True),
        "text/plain": panel.plain(verdict, graded=True),
        VERDICT: verdict.for_report(),
    }
    score = {"text/plain": repr(verdict.score)}
    cell.outputs = [  # `new_output` would check each against nbformat's schema, as the exporter does for all
        from_dict({"output_type": "display_data", "metadata": {}, "data": shown}),
        from_dict({"output_type": "execute_result", "metadata": {}, "data": score, "execution_count": None}),
    ]
