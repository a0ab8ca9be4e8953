# `make site` builds the demo site, `make test` runs all checks. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: site test clean

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

# A folder that was removed or whose Python has gone is made anew.
$(PY):
	@scripts/make-venv $(PYTHON) $(VENV)

$(VENV)/.installed: pyproject.toml $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .newsgen .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build
	find site -mindepth 1 ! -name .gitkeep -delete
