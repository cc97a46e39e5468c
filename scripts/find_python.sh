#!/bin/sh
# Prints a Python >= 3.11: $PYTHON where it is set, else python3 (the one you activated), else the newest by name.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "$PYTHON" ]; then
    new_enough "$PYTHON" && { echo "$PYTHON"; exit 0; }
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer that runs here: name another one, or leave PYTHON out." >&2
    exit 1
fi
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    new_enough "$candidate" && { echo "$candidate"; exit 0; }
done
echo "The course needs Python 3.11 or newer and there is none on this machine: install it from python.org," \
    "conda-forge or your system's packages, or name one as in 'make lab PYTHON=python3.12'." >&2
exit 1
