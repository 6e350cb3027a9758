# make app     installs cxsim into .venv if needed and opens the browser app
# make test    everything that has to hold: style, types, arrows between modules, tests
# make lint    the first three of these
# make format  rewrites the code in the project's style
# make build   wheel and source archive in dist/
# make lock    writes constraints.txt anew (make lock ARGS=--upgrade takes the newest versions)
#
# make app PYTHON=/path/to/python3.12 chooses a Python; otherwise tools/find_python.sh does.

VENV = .venv
BIN = $(VENV)/bin
ARGS =
# Tests of one module share its server and its compiled code, so they stay in one process.
PYTEST_ARGS = -n 2 --dist loadscope

export PYTHON
# Where this is set, every start compiles every module again and takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: app test lint format build lock

app: $(VENV)/.installed
	$(BIN)/cxsim app $(ARGS)

test: lint
	$(BIN)/python tools/ensure_browser.py
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

build: $(VENV)/.installed-dev
	$(BIN)/python -m build

lock:
	sh tools/lock.sh $(ARGS)

# The stamps say which versions of these two files the environment was made from.
$(VENV)/.installed: pyproject.toml constraints.txt
	@sh tools/install.sh $(VENV)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	@sh tools/install.sh $(VENV) dev
	@touch $(VENV)/.installed $@
