# `make site` builds the demo site, `make test` runs all checks. Each installs what it needs.
# CONTRIBUTING.md says when to run the others.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
LOWEST := .venv-lowest

# tests/slow.txt names what `make quick` leaves out.
QUICK = -m "not corpus" $(addprefix --ignore=tests/,$(shell sed -n 's/^\([^\# ]*\) .*/\1/p' tests/slow.txt))

.PHONY: site test quick test-lowest docs update clean

site: $(VENV)/.installed
	@$(PY) -m newsgen build
	@echo
	@echo "The demo site is in site/. To look at it, and at what you change:"
	@echo "    $(PY) -m newsgen serve"

test: $(VENV)/.installed-dev
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/test-tools
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(PY) -m pytest -n auto --dist loadgroup

# What needs no browser, no server and no killed process.
quick: $(VENV)/.installed-dev
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(PY) -m pytest -n auto --dist loadgroup $(QUICK)

# The tests with the lowest versions that pyproject.toml allows. TESTS='$(QUICK)' selects the quick ones.
test-lowest: $(VENV)/.installed-dev
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/test-tools
	@scripts/step "Creating $(LOWEST)" $(VENV)/bin/uv venv --seed --clear --python $(PY) $(LOWEST)
	@scripts/step "Installing the lowest versions that pyproject.toml allows" \
		$(VENV)/bin/uv pip install --python $(LOWEST)/bin/python --resolution lowest-direct --editable '.[dev]'
	$(LOWEST)/bin/python -m pytest -n auto --dist loadgroup $(TESTS)

# The documentation as a site, in docs-site/, with references as the code says. A link that leads nowhere is an error.
docs: $(VENV)/.installed-dev
	$(PY) scripts/write_reference.py
	$(PY) -m zensical build --strict --clean

update: $(VENV)/.installed-dev
	@scripts/lock $(VENV)/bin/uv

# A folder that was removed or whose Python has gone is created again.
$(PY):
	@scripts/make-venv $(PYTHON) $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml $(PY)
	@scripts/install $(PY) requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml $(PY)
	@scripts/install $(PY) requirements-dev.txt
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(LOWEST) docs-site .cache .newsgen .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build
	find site -mindepth 1 ! -name .gitkeep -delete
