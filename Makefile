# Everything a developer or a curious stranger runs. Needs Python >= 3.11 with pip and venv, and make; no compiler.
# Environments are made on first use and again only when pyproject.toml or constraints.txt change.

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
CROSS := .venv-crosscheck
PEERS := nest brian2 annarchy
PIP_INSTALL := -m pip install -qq --disable-pip-version-check

# Which Python makes the environments: `make PY=...` names one, else the first of these that is new enough.
ifeq ($(origin PY),undefined)
CANDIDATES := python3 python3.11 python3.12 python3.13 python
else
CANDIDATES := $(PY)
endif

# `make demo ARGS="--quick"`, `make test ARGS="-k stdp -x"`: passed on to the program behind the target.
ARGS ?=

# An environment knows where it was made: in a copied or moved folder it is made anew, never used for other code.
HERE := $(shell printf '%s' '$(CURDIR)' | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SECONDARY:
.PHONY: help demo test lint types floors docs gallery links verify crosscheck bench bench-peers work clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{printf "%-18s %s\n", $$1, $$2}'

demo: $(VENV)/.base-$(HERE)  ## learn handwritten digits without labels, and write a report
	@$(BIN)/hebbstat run digits --out results/demo $(ARGS)

test: $(VENV)/.test-$(HERE)  ## the tests, minutes
	@$(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/.dev-$(HERE)  ## ruff
	@$(PYTHON) -m ruff check $(ARGS) .

types: $(VENV)/.dev-$(HERE)  ## mypy
	@$(PYTHON) -m mypy $(ARGS)

floors: $(VENV)/.dev-$(HERE)  ## import-linter: an import points to a lower floor only
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo $(ARGS)

docs: $(VENV)/.docs-$(HERE)  ## the site, into build/docs; warnings and dead links within it are errors
	@$(PYTHON) -m sphinx -W --keep-going -q -b html docs build/docs $(ARGS)
	@echo "the site is in build/docs: open build/docs/index.html"

gallery: $(VENV)/.base-$(HERE)  ## draw the figures of examples/gallery in full, and check their numbers
	@PYTHONPATH=docs $(PYTHON) docs/writers/gallery.py $(ARGS)

links: $(VENV)/.docs-$(HERE)  ## whether links out of the site lead somewhere; needs the network
	@$(PYTHON) -m sphinx -q -b linkcheck docs build/links $(ARGS)

verify: $(VENV)/.test-$(HERE)  ## the long scientific verification
	@$(PYTHON) -m pytest -n auto --dist worksteal -m verify --hypothesis-profile=verify $(ARGS)

crosscheck: $(CROSS)/.ready-$(HERE)  ## compare with NEST and Brian2, in an environment of their own
	@$(CROSS)/bin/python crosscheck/run.py $(ARGS)

bench: $(VENV)/.test-$(HERE)  ## measure the speed of the workloads
	@$(PYTHON) bench/run.py $(ARGS)

bench-peers: $(foreach peer,$(PEERS),.venv-bench-$(peer)/.ready-$(HERE))  ## install NEST, Brian2 and ANNarchy for it

work: $(VENV)/.base-$(HERE)  ## count the instructions of a synaptic event; fails if they have grown
	@$(PYTHON) bench/instructions.py --check $(ARGS)

clean:  ## remove environments and caches; results stay
	rm -rf docs/api docs/gallery docs/mechanisms docs/rooms docs/published/index.md
	rm -rf .venv .venv-crosscheck .venv-bench-* build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- environments ---------------------------------------------------------------------------------------------------

# Each holds the ones above it.
$(VENV)/.base-$(HERE): EXTRA :=
$(VENV)/.test-$(HERE): EXTRA := [test]
$(VENV)/.test-$(HERE): HOLDS := $(VENV)/.base-$(HERE)
$(VENV)/.dev-$(HERE): EXTRA := [test,dev]
$(VENV)/.dev-$(HERE): HOLDS := $(VENV)/.base-$(HERE) $(VENV)/.test-$(HERE)
$(VENV)/.docs-$(HERE): EXTRA := [test,dev,docs]
$(VENV)/.docs-$(HERE): HOLDS := $(VENV)/.base-$(HERE) $(VENV)/.test-$(HERE) $(VENV)/.dev-$(HERE)

$(VENV)/.base-$(HERE) $(VENV)/.test-$(HERE) $(VENV)/.dev-$(HERE) $(VENV)/.docs-$(HERE): pyproject.toml constraints.txt | $(VENV)/.made-$(HERE)
	@echo "installing hebbstat$(EXTRA) into $(VENV) (a minute the first time)"
	@$(PYTHON) $(PIP_INSTALL) -c constraints.txt -e ".$(EXTRA)"
	@touch $@ $(HOLDS)

$(CROSS)/.ready-$(HERE): pyproject.toml constraints.txt crosscheck/requirements.txt | $(CROSS)/.made-$(HERE)
	@echo "installing hebbstat and its peers into $(CROSS) (minutes the first time)"
	@$(CROSS)/bin/python $(PIP_INSTALL) -c constraints.txt -r crosscheck/requirements.txt -e .
	@touch $@

.venv-bench-%/.ready-$(HERE): bench/requirements-%.txt | .venv-bench-%/.made-$(HERE)
	@echo "installing $* into $(@D) (minutes the first time)"
	@$(@D)/bin/python $(PIP_INSTALL) -r $<
	@touch $@

# A fresh environment from the first candidate that is new enough.
$(VENV)/.made-$(HERE) $(CROSS)/.made-$(HERE) $(foreach peer,$(PEERS),.venv-bench-$(peer)/.made-$(HERE)):
	@for python in $(CANDIDATES); do \
	    if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        if [ -L $(@D) ]; then echo "$(@D) is a link: take it away, an environment is made in its place" >&2; exit 1; fi; \
	        echo "making $(@D) with $$python ($$($$python --version))"; \
	        $$python -m venv --clear $(@D) && touch $@; exit; \
	    fi; \
	done; \
	echo "Hebbstat needs Python 3.11 or newer with venv and pip; tried: $(CANDIDATES)." >&2; \
	echo "Install one (Debian, Ubuntu: apt install python3.11 python3.11-venv; macOS: brew install python@3.11)" >&2; \
	echo "or name it: make PY=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1
