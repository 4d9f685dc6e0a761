# What a developer and a build machine run. `make` alone lists the targets; a comment behind two hashes is the target's line.

PYTHON ?= python3
PYTEST_ARGS ?=

BIN := .venv/bin
STAMP := .venv/installed
PYPI := https://pypi.org/simple
SAMPLES := clean-plant faulty-plant india-stock-ledgers
DEMO := out/demo

# Where bytecode is not kept, every start compiles some thousand files of the libraries again.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test lint examples fuzz bench fleets docs pages golden lock samples clean

help: ## list the targets / 列出全部目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: $(STAMP) ## install the locked dependencies and the project, editable, into .venv / 安装到 .venv

# uv fetches from the addresses in uv.lock; where they are out of reach, pip installs the same files from its own index.
$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON): 需要 Python 3.11 以上 / Python 3.11 or later is needed (make PYTHON=python3.12)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13'
	env -u VIRTUAL_ENV -u UV_PROJECT_ENVIRONMENT $(BIN)/uv sync --frozen --no-progress --quiet || $(MAKE) install-with-pip
	@touch $@

.PHONY: install-with-pip
install-with-pip:
	$(BIN)/uv export --frozen --quiet --no-emit-project --output-file .venv/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .

demo: $(STAMP) ## audit three samples into out/demo / 审核三份示例
	@set -e; for sample in $(SAMPLES); do \
		printf '\n== data/samples/%s\n' "$$sample"; \
		$(BIN)/mrvaudit audit "data/samples/$$sample" --out "$(DEMO)/$$sample" || test $$? -eq 1; \
	done
	@printf '\n请打开 / open:\n'; ls $(SAMPLES:%=$(DEMO)/%/index.html) $(DEMO)/faulty-plant/units/*/report.html

test: $(STAMP) ## install, then lint, examples of the rules, and tests / 安装并运行全部检查与测试
	$(MAKE) --jobs 2 lint examples
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

fuzz: $(STAMP) ## 500 disordered and 10,000 damaged submissions; a failure names its seed / 500 份打乱、1 万份损坏的提交
	MRVAUDIT_FUZZ_CASES=500 MRVAUDIT_MUTATION_CASES=10000 $(BIN)/pytest --numprocesses auto tests/disorder

examples: $(STAMP) ## the examples of all rules and formulas / 全部规则与公式的算例
	$(BIN)/mrvaudit rules test

lint: $(STAMP) ## ruff and mypy / 代码检查
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(STAMP) ## measure against the bounds in benchmarks/ / 性能测量
	$(BIN)/python benchmarks/help_time.py
	$(BIN)/python benchmarks/fleet.py
	$(BIN)/python benchmarks/workbooks.py
	$(BIN)/python benchmarks/reports_html.py
	$(BIN)/python benchmarks/reports.py
	$(BIN)/python benchmarks/peer_report.py
	$(BIN)/python benchmarks/effects.py
	$(BIN)/python benchmarks/recalculation.py

fleets: $(STAMP) ## audit made-up fleets: nobody accused, every fault found / 虚构机组：无误报、差错均被发现
	$(BIN)/python benchmarks/fleets.py
	$(BIN)/python benchmarks/rounding.py

docs: $(STAMP) ## write docs/records.md again from the packs / 由规则包重新生成 docs/records.md
	$(BIN)/python docs/make_records.py

pages: $(STAMP) ## write docs/pages/ again from the packs / 由规则包重新生成 docs/pages/
	$(BIN)/python docs/make_pages.py

golden: $(STAMP) ## write reports/examples/ and the schema of report.json again / 重新生成示例报告与 JSON Schema
	$(BIN)/python docs/make_golden.py
	$(BIN)/python docs/make_schema.py

lock: $(STAMP) ## resolve the dependencies again into uv.lock / 重新锁定依赖
	$(BIN)/uv lock --upgrade --no-config --default-index $(PYPI)
	@! grep -oE 'https?://[^/"]+' uv.lock | sort -u | grep -vE '^https://(pypi\.org|files\.pythonhosted\.org)$$'

samples: $(STAMP) ## write data/samples again / 重新生成示例
	$(BIN)/python data/samples/make_samples.py

clean: ## remove what the targets made, .venv apart / 清除产物（保留 .venv）
	rm -rf out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pipeline tests data benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
