"""`python -m course` is the `course` command; torchrun starts modules: torchrun -m course pretrain …"""

from course.commands.cli import app

app(prog_name="course")
