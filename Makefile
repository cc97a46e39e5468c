# `make lab` and `make test` on a fresh clone are all you need; both keep a Python environment in .venv.

PYTHON ?=                       # the Python to use; empty: the first suitable one on this machine
LAB_FLAGS ?=                    # passed on to JupyterLab, such as --no-browser --port=8899
PYTEST_FLAGS ?= -n 3 --dist loadfile --no-loadscope-reorder
TORCH := 2.13.0                 # pinned here: the newest release is not the one that the course is tested with

FIRST_LESSON := work/00_start/00_start.ipynb
ENVIRONMENT = python="$$(PYTHON="$(strip $(PYTHON))" sh scripts/find_python.sh)" && "$$python" scripts/environment.py
# nbgrader calls its helpers by name, so the environment's commands come first
INSIDE = export PATH="$(CURDIR)/.venv/bin:$$PATH";
# Many containers tell Python not to keep what it compiles: then PyTorch costs every kernel and grader ten seconds
unexport PYTHONDONTWRITEBYTECODE
# JupyterLab refuses to run as root (usual in a container) unless told that it is meant
AS_ROOT = $$([ "$$(id -u)" -ne 0 ] || echo --allow-root)

.PHONY: help lab test build prove demo gallery site vendor lock clean

help:  ## show this list
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':  *## ' '/^[a-z]+:  *## / { printf "  %-7s %s\n", $$1, $$2 }' Makefile

lab:  ## make the environment, copy new lessons to work/, then open JupyterLab on the first one
	@$(ENVIRONMENT)
	@$(INSIDE) grader work
	@$(INSIDE) jupyter lab --ServerApp.root_dir="$(CURDIR)" $(AS_ROOT) $(strip $(LAB_FLAGS)) $(FIRST_LESSON)

test:  ## make the environment with the test tools, then run every check there is
	@$(ENVIRONMENT) test
	@echo "==> ruff check ."
	@$(INSIDE) ruff check .
	@echo "==> mypy"
	@$(INSIDE) mypy
	@echo "==> grader build --check"
	@$(INSIDE) grader build --check
	@echo "==> pytest $(strip $(PYTEST_FLAGS))"
	@$(INSIDE) OMP_NUM_THREADS=1 pytest $(strip $(PYTEST_FLAGS))

build:  ## build the lessons from solutions/
	@$(ENVIRONMENT)
	@$(INSIDE) grader build

prove:  ## show that every exercise accepts what is right and names what is wrong
	@$(ENVIRONMENT)
	@$(INSIDE) grader prove

demo:  ## grade a made-up class of twelve
	@$(ENVIRONMENT)
	@$(INSIDE) grader demo

gallery:  ## train small models and draw every picture of course.show from them, on one page in build/
	@$(ENVIRONMENT)
	@$(INSIDE) python -m course.gallery build/gallery.html

site:  ## make the self-study site in build/site: pages that open from the folder, with no network
	@$(ENVIRONMENT) site
	@$(INSIDE) OMP_NUM_THREADS=1 python -m grader.site

vendor:  ## fetch anew what the site's pages are served with (MathJax, MicroPython), at the versions that grader/site/vendored.json says
	@python3 scripts/vendor.py

lock:  ## write requirements.lock anew from pyproject.toml, keeping versions that still fit
	@$(ENVIRONMENT) test
	@$(INSIDE) pip install --quiet pip-tools
	@$(INSIDE) pip-compile --quiet --extra test --strip-extras --allow-unsafe --upgrade-package "torch==$(strip $(TORCH))" \
		--no-header --annotation-style=line \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		--output-file requirements.lock pyproject.toml
# PyTorch's build (CPU or CUDA) and what CUDA needs differ from machine to machine: only the version is ours to pin
	@sed -i.bak -e 's/^\(torch==[0-9.]*\)+[a-z0-9]*/\1/' -e '/^nvidia-/d' -e '/^cuda-/d' -e '/^triton==/d' requirements.lock
	@rm requirements.lock.bak

clean:  ## remove the environment and everything that builds and runs leave behind; lessons, work/ and the gradebook stay
	rm -rf .venv *.egg-info build dist class_demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find course grader tests scripts solutions -name __pycache__ -prune -exec rm -rf {} +
