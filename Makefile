# `make` lists the targets. Each makes what it needs, and nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON_BIN := .venv/bin/python
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' python/src/tfpredict/_version.py)
JAR := python/src/tfpredict/jars/tfpredict-assembly-$(VERSION).jar
BENCHMARKS := build/benchmarks/tfpredict-benchmarks.jar
BYHAND := build/byhand/byhand.jar
SCALA := $(shell find scala engines -type f) build.sbt project/build.properties project/plugins.sbt
MODELS := tests/models/made/.ready
# Packages of models that only `make compatibility` measures.
ZOO := build/zoo/.ready

# What a recipe that starts Spark puts before its command.
SPARK_ENV = JAVA_HOME="$$(scripts/java-home)" PATH="$(CURDIR)/.venv/bin:$$PATH" TF_CPP_MIN_LOG_LEVEL=2

# A suite of tests waits for a JVM's start half of its time, so two run side by side.
PYTEST = $(SPARK_ENV) $(PYTHON_BIN) -m pytest -c python/pyproject.toml --rootdir . -n 2 --dist loadfile --no-loadscope-reorder --durations 30 --durations-min 5

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

.PHONY: setup
setup: .venv/.ready $(JAR) ## make .venv, with the package in it, and the jar

.PHONY: jar
jar: $(JAR) ## build the assembly jar into the Python package

.PHONY: demo
demo: setup ## train three models, run them from Scala and from Python, draw out/demo.png
	@$(SPARK_ENV) $(PYTHON_BIN) demo/demo.py

.PHONY: test
test: test-scala test-python ## run all tests, Scala's and Python's

.PHONY: test-scala
test-scala: setup $(MODELS)
	@CI=1 ./sbtw test

.PHONY: test-python
test-python: setup $(MODELS) $(BENCHMARKS) $(BYHAND)
	@$(PYTEST)

.PHONY: coverage
coverage: setup $(MODELS) $(BENCHMARKS) $(BYHAND) ## run all tests and tell what they cover, into build/coverage
	@CI=1 ./sbtw -Dcoverage=true tfpredict/test tfpredict/coverageReport
	@$(PYTEST) --cov --cov-config=python/pyproject.toml --cov-report=term --cov-report=html

.PHONY: wheel
wheel: setup ## build the wheel, with the jar in it, into dist
	@rm -rf dist
	@scripts/step wheel $(PYTHON_BIN) -m pip wheel --disable-pip-version-check --no-deps --wheel-dir dist ./python
	@ls -s -h dist/*.whl

.PHONY: check-wheel
check-wheel: wheel $(MODELS) ## install the wheel for each Python here, and run the README's lines with it
	@scripts/check-wheel dist/*.whl tests/models/made

.PHONY: docs
docs: .venv/.ready ## write the reference of both languages into build/docs, and docs/api.md
	@$(PYTHON_BIN) tests/python/api_page.py
	@scripts/step scaladoc ./sbtw core/doc
	@scripts/step pdoc scripts/pdoc build/docs/python
	@echo "build/docs/scala/index.html and build/docs/python/index.html"

.PHONY: consumer
consumer: setup $(MODELS) ## publish the thin jar into build, and run other builds' programs on it
	@$(SPARK_ENV) scripts/consumer tests/models/made/linear

.PHONY: compatibility
compatibility: .venv/.ready $(MODELS) $(ZOO) $(BYHAND) ## measure which layers, ops and models run, into docs/compatibility.md (up to an hour)
	@TF_CPP_MIN_LOG_LEVEL=2 $(PYTHON_BIN) tests/compatibility/run.py build/compatibility docs/compatibility.md $(dir $(ZOO))bin/python

.PHONY: faults
faults: setup $(MODELS) ## kill, stop, replace and damage what runs, into docs/faults.md (up to half an hour)
	@$(SPARK_ENV) $(PYTHON_BIN) tests/faults/run.py build/corruption docs/faults.md

.PHONY: fuzz-sql
fuzz-sql: setup ## ask random queries over random models, into docs/fuzz.md (up to an hour); FUZZ='--seed 2' for others
	@$(SPARK_ENV) $(PYTHON_BIN) tests/fuzz/run.py --queries 5000 --document docs/fuzz.md $(FUZZ)

.PHONY: fuzz-ops
fuzz-ops: setup ## run random cases of every op in processes that may die, into docs/fuzz-ops.md (half an hour); FUZZ='--seed 2' for others
	@./sbtw "Test/runMain tfpredict.savedmodel.fuzz.FuzzOps --runs 200000 --document docs/fuzz-ops.md $(FUZZ)"

.PHONY: fuzz-rows
fuzz-rows: setup $(MODELS) ## put random rows through whole models in processes that may die, into docs/fuzz-rows.md (half an hour); FUZZ='--seed 2' for others
	@./sbtw "Test/runMain tfpredict.fuzz.FuzzRows --rows 120000 --document docs/fuzz-rows.md $(FUZZ)"

.PHONY: bench
bench: setup $(BENCHMARKS) ## compare speeds with other ways, into docs/benchmarks.md (nine minutes or more)
	@$(SPARK_ENV) $(PYTHON_BIN) benchmarks/run.py build/benchmarks $(BENCHMARKS) docs

.PHONY: bench-columns
bench-columns: setup ## time encoding and decoding alone, with JMH
	@mkdir -p $(dir $(BENCHMARKS))
	@scripts/step columns-benchmark ./sbtw "benchmarks/Jmh/run -f 1 -wi 3 -w 1 -i 5 -r 1 \
		-rf json -rff $(CURDIR)/$(dir $(BENCHMARKS))columns.json tfpredict"
	@$(PYTHON_BIN) benchmarks/columns.py $(dir $(BENCHMARKS))

.PHONY: models
models: $(MODELS) ## make the small models that the tests use

.PHONY: notebooks
notebooks: setup $(BYHAND) ## run the notebooks, and keep what they print and draw
	@$(SPARK_ENV) $(PYTHON_BIN) notebooks/run.py --keep

.PHONY: fmt
fmt: .venv/.ready ## format all code
	@./sbtw scalafixAll scalafmtAll benchmarks/scalafixAll benchmarks/scalafmtAll byhand/scalafixAll byhand/scalafmtAll scalafmtSbt
	@.venv/bin/ruff format --config python/pyproject.toml python tests demo benchmarks scripts/kernels.py notebooks/run.py
	@.venv/bin/ruff check --config python/pyproject.toml --fix python tests demo benchmarks scripts/kernels.py notebooks/run.py

.PHONY: lint
lint: .venv/.ready ## check formats, lints and types
	@./sbtw "scalafixAll --check" scalafmtCheckAll "benchmarks/scalafixAll --check" benchmarks/scalafmtCheckAll "byhand/scalafixAll --check" byhand/scalafmtCheckAll scalafmtSbtCheck \
		published/mimaReportBinaryIssues
	@.venv/bin/ruff format --config python/pyproject.toml --check python tests demo benchmarks scripts/kernels.py notebooks/run.py
	@.venv/bin/ruff check --config python/pyproject.toml python tests demo benchmarks scripts/kernels.py notebooks/run.py
	@.venv/bin/mypy --config-file python/pyproject.toml python/src/tfpredict

.PHONY: clean
clean: ## remove what was built, but not .venv
	@rm -rf build dist out data target benchmarks/target project/target project/project tests/models/made $(dir $(JAR))*.jar

.venv/.ready: python/pyproject.toml python/constraints.txt scripts/venv
	@scripts/step python-environment scripts/venv

$(JAR): $(SCALA) python/src/tfpredict/_version.py | .venv/.ready
	@scripts/step java scripts/java-home
	@rm -f $(dir $(JAR))*.jar
	@scripts/step assembly-jar ./sbtw assembly
	@touch $@

$(ZOO): tests/compatibility/requirements.txt | .venv/.ready
	@rm -rf $(dir $@)
	@mkdir -p $(dir $@)
	@$(PYTHON_BIN) -m venv $(dir $@)
	@scripts/step zoo-environment $(dir $@)bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(BENCHMARKS): $(JAR) $(shell find benchmarks/scala -type f)
	@scripts/step benchmarks-jar ./sbtw benchmarks/package
	@touch $@

$(BYHAND): $(shell find examples -name '*.scala') build.sbt | .venv/.ready
	@scripts/step programs-by-hand ./sbtw byhand/stage
	@touch $@

$(MODELS): $(shell find tests/models -name '*.py') python/src/tfpredict/export.py | .venv/.ready
	@TF_CPP_MIN_LOG_LEVEL=2 scripts/step test-models $(PYTHON_BIN) tests/models/make.py
	@touch $@
