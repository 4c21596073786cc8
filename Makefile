# `make` lists the targets. Each target builds its dependencies, and nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON_BIN := .venv/bin/python
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' python/src/tfpredict/_version.py)

# The line of Spark for a target: 3.5 by default, or `make SPARK=4 …`. PYSPARK is the exact version.
SPARK ?= 3.5
SPARK_4 := 4.2.0
ifeq ($(SPARK),4)
PYSPARK ?= $(SPARK_4)
SCALA := 2.13.18
JAVAS ?= 17 21
else
PYSPARK ?= 3.5.7
SCALA := 2.12.20
JAVAS ?= 17 11 8
endif

# sbt's flags for each line.
BUILT_ON_3.5 :=
BUILT_ON_4 := -Dspark.version=$(SPARK_4)
BUILT_ON := $(BUILT_ON_$(SPARK))

# The Python package's jars: one per line, and one with TensorFlow's runtime. Then the other jars.
JARS := python/src/tfpredict/jars
THIN_3.5 := $(JARS)/tfpredict-spark3.5_2.12-$(VERSION).jar
THIN_4 := $(JARS)/tfpredict-spark4_2.13-$(VERSION).jar
NATIVES := $(JARS)/tfpredict-natives-$(VERSION).jar
ASSEMBLY_3.5 := build/jars/tfpredict-assembly_spark3.5_2.12-$(VERSION).jar
ASSEMBLY_4 := build/jars/tfpredict-assembly_spark4_2.13-$(VERSION).jar
BENCHMARKS := build/benchmarks/tfpredict-benchmarks
# An environment with the Python packages that `make bench-scale` compares with.
PEERS := build/benchmarks/peers-venv/.ready
BYHAND := build/byhand/byhand.jar
BUILD := build.sbt project/build.properties project/plugins.sbt $(wildcard project/*.scala)
SOURCES := $(shell find scala engines -type f) $(BUILD)
MODELS := tests/models/made/.ready
# An environment with model packages that only `make compatibility` needs.
ZOO := build/zoo/.ready
# What builds the documentation site; only `make docs` needs it.
SITE := build/site-environment/.ready

# A recipe that starts Spark puts this before its command.
SPARK_ENV = PYSPARK=$(PYSPARK) JAVAS="$(JAVAS)" scripts/with-spark

# The tests' drivers start faster with an archive of Spark's classes.
CLASS_ARCHIVE = scripts/step class-archive env $(SPARK_ENV) $(PYTHON_BIN) tests/python/class_archive.py

# Tests wait for JVMs half of their time, so two processes run side by side.
PYTEST = $(SPARK_ENV) $(PYTHON_BIN) -m pytest -c python/pyproject.toml --rootdir . -n 2 --dist loadfile --no-loadscope-reorder --durations 30 --durations-min 5

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1|/' | column -t -s '|'

.PHONY: setup
setup: .venv/.ready $(THIN_$(SPARK)) $(NATIVES) ## create .venv with the package, and build its jars; add SPARK=4 to any target for Spark 4

.PHONY: jar
jar: setup $(ASSEMBLY_$(SPARK)) ## build the package's jars, and the assembly jar with everything in build/jars

.PHONY: demo
demo: setup ## train three models, run them from Scala and from Python, draw out/demo.png
	@$(SPARK_ENV) $(PYTHON_BIN) demo/demo.py

.PHONY: test
test: test-scala test-python test-other-line ## run all tests on Spark 3.5, and on Spark 4 those that depend on Spark

.PHONY: test-spark-4
test-spark-4: ## run all tests on Spark 4
	@$(MAKE) --no-print-directory SPARK=4 test-scala test-python

.PHONY: test-scala
test-scala: setup $(MODELS)
	@CI=1 ./sbtw $(BUILT_ON) test

# The wheel has the jars of both lines, and pages name the assembly jar of Spark 3.5.
TESTED_JARS = $(THIN_3.5) $(THIN_4) $(ASSEMBLY_3.5) $(ASSEMBLY_$(SPARK)) $(BENCHMARKS)_$(SPARK).jar $(BYHAND)

.PHONY: test-python
test-python: setup $(MODELS) $(TESTED_JARS)
	@$(CLASS_ARCHIVE)
	@$(PYTEST)

# Suites that depend on Spark itself. All other code is the same on both lines. Runs on the newer Java.
SUITES_4 := sql ml rdd versions diagnostics columns host metrics python
PYTESTS_4 := session versions register calls ml latest metrics exceptions
.PHONY: test-other-line
test-other-line:
	@$(MAKE) --no-print-directory SPARK=4 JAVAS=21 test-selection

.PHONY: test-selection
test-selection: setup $(MODELS)
	@CI=1 ./sbtw $(BUILT_ON) "testOnly $(SUITES_4:%=tfpredict.%.*) tfpredict.PublishedJarSuite"
	@$(CLASS_ARCHIVE)
	@$(PYTEST) $(PYTESTS_4:%=tests/python/test_%.py)

.PHONY: coverage
coverage: setup $(MODELS) $(TESTED_JARS) ## run all tests, and write their coverage to build/coverage
	@CI=1 ./sbtw $(BUILT_ON) -Dcoverage=true tfpredict/test tfpredict/coverageReport
	@$(CLASS_ARCHIVE)
	@$(PYTEST) --cov --cov-config=python/pyproject.toml --cov-report=term --cov-report=html

.PHONY: wheel
wheel: .venv/.ready $(THIN_3.5) $(THIN_4) $(NATIVES) ## build the wheel, with the jars of both lines, into dist
	@rm -rf dist
	@scripts/step wheel $(PYTHON_BIN) -m pip wheel --disable-pip-version-check --no-deps --wheel-dir dist ./python
	@ls -s -h dist/*.whl

.PHONY: check-wheel
check-wheel: wheel $(MODELS) ## install the wheel for each Python and PySpark, and run the README's lines
	@scripts/check-wheel dist/*.whl tests/models/made

.PHONY: docs
docs: .venv/.ready $(SITE) ## build the documentation site with both API references into build/docs, and write docs/api.md
	@$(PYTHON_BIN) tests/python/api_page.py
	@scripts/step scaladoc ./sbtw core/doc
	@scripts/step pdoc scripts/pdoc build/docs/python
	@scripts/step site $(PYTHON_BIN) scripts/site/build.py $(dir $(SITE))bin/mkdocs build/site build/docs
	@echo "build/docs/index.html; to search in it: $(PYTHON_BIN) -m http.server -d build/docs"

.PHONY: check-docs
check-docs: docs ## look at the site in a headless Chromium: links, console, a phone's width, search
	@$(PYTHON_BIN) tests/docs/check.py build/docs build/site/pictures

.PHONY: consumer
consumer: setup $(MODELS) ## publish the thin jar into build, and run programs of other builds with it
	@$(SPARK_ENV) scripts/consumer tests/models/made/linear $(PYSPARK) $(SCALA)

.PHONY: compatibility
compatibility: .venv/.ready $(MODELS) $(ZOO) $(BYHAND) ## test which layers, ops and models run, and write docs/compatibility.md (up to an hour)
	@TF_CPP_MIN_LOG_LEVEL=2 $(PYTHON_BIN) tests/compatibility/run.py build/compatibility docs/compatibility.md $(dir $(ZOO))bin/python

.PHONY: faults
faults: setup $(MODELS) ## kill processes and damage files, and write docs/faults.md (up to half an hour)
	@$(SPARK_ENV) $(PYTHON_BIN) tests/faults/run.py build/corruption docs/faults.md

.PHONY: shipping
shipping: setup ## count what leaves a driver whose model goes to 1, 4 and 16 executors, into docs/clusters.md (as root, twenty minutes)
	@$(SPARK_ENV) $(PYTHON_BIN) tests/shipping/run.py build/shipping docs/clusters.md

.PHONY: fuzz-sql
fuzz-sql: setup ## run random queries over random models, and write docs/fuzz.md (up to an hour); FUZZ='--seed 2' changes the seed
	@$(SPARK_ENV) $(PYTHON_BIN) tests/fuzz/run.py --queries 5000 --document docs/fuzz.md $(FUZZ)

.PHONY: fuzz-ops
fuzz-ops: setup ## run random cases of every op in child processes, and write docs/fuzz-ops.md (half an hour); FUZZ='--seed 2' changes the seed
	@./sbtw "Test/runMain tfpredict.savedmodel.fuzz.FuzzOps --runs 200000 --document docs/fuzz-ops.md $(FUZZ)"

.PHONY: fuzz-rows
fuzz-rows: setup $(MODELS) ## run random rows through complete models in child processes, and write docs/fuzz-rows.md (half an hour); FUZZ='--seed 2' changes the seed
	@./sbtw "Test/runMain tfpredict.fuzz.FuzzRows --rows 120000 --document docs/fuzz-rows.md $(FUZZ)"

.PHONY: bench
bench: setup $(THIN_3.5) $(THIN_4) $(BENCHMARKS)_3.5.jar $(BENCHMARKS)_4.jar ## compare speeds with other ways, and both lines of Spark, into docs/benchmarks.md (about twenty minutes); WORKLOADS='mlp' measures these again only
	@$(SPARK_ENV) $(PYTHON_BIN) benchmarks/run.py build/benchmarks $(BENCHMARKS)_3.5.jar \
		"$$(scripts/pyspark $(SPARK_4))" $(BENCHMARKS)_4.jar docs $(WORKLOADS)

.PHONY: bench-scale
bench-scale: setup $(BENCHMARKS)_$(SPARK).jar $(PEERS) ## compare speeds on tables of millions of rows, into docs/benchmarks-at-scale.md (about a hundred minutes)
	@cd benchmarks && $(subst scripts,../scripts,$(SPARK_ENV)) ../$(dir $(PEERS))bin/python -m scale.run ../build/benchmarks/scale \
		"$$(realpath ../$(BENCHMARKS)_$(SPARK).jar ../build/benchmarks/peers/*.jar ../build/benchmarks/peers/lib/*.jar | paste -sd:)" ../docs

.PHONY: bench-columns
bench-columns: setup ## time encoding and decoding alone, with JMH
	@mkdir -p $(dir $(BENCHMARKS))
	@scripts/step columns-benchmark ./sbtw "benchmarks/Jmh/run -f 1 -wi 3 -w 1 -i 5 -r 1 \
		-rf json -rff $(CURDIR)/$(dir $(BENCHMARKS))columns.json tfpredict"
	@$(PYTHON_BIN) benchmarks/columns.py $(dir $(BENCHMARKS))

.PHONY: byhand
byhand: $(BYHAND) ## build the walk-through's programs, which use TensorFlow Java alone

.PHONY: models
models: $(MODELS) ## make the small models that the tests use

.PHONY: notebooks
notebooks: setup $(BYHAND) ## run the notebooks, and save their output
	@$(SPARK_ENV) $(PYTHON_BIN) notebooks/run.py --keep

.PHONY: fmt
fmt: .venv/.ready ## format all code
	@./sbtw scalafixAll scalafmtAll benchmarks/scalafixAll benchmarks/scalafmtAll byhand/scalafixAll byhand/scalafmtAll peers/scalafixAll peers/scalafmtAll scalafmtSbt
	@./sbtw $(BUILT_ON_4) scalafixAll scalafmtAll
	@.venv/bin/ruff format --config python/pyproject.toml python tests demo benchmarks scripts/kernels.py scripts/site notebooks/run.py
	@.venv/bin/ruff check --config python/pyproject.toml --fix python tests demo benchmarks scripts/kernels.py scripts/site notebooks/run.py

.PHONY: lint
lint: .venv/.ready ## check formats, lints and types
	@./sbtw "scalafixAll --check" scalafmtCheckAll "benchmarks/scalafixAll --check" benchmarks/scalafmtCheckAll "byhand/scalafixAll --check" byhand/scalafmtCheckAll "peers/scalafixAll --check" peers/scalafmtCheckAll scalafmtSbtCheck \
		published/mimaReportBinaryIssues
	@./sbtw $(BUILT_ON_4) "scalafixAll --check" scalafmtCheckAll benchmarks/compile
	@.venv/bin/ruff format --config python/pyproject.toml --check python tests demo benchmarks scripts/kernels.py scripts/site notebooks/run.py
	@.venv/bin/ruff check --config python/pyproject.toml python tests demo benchmarks scripts/kernels.py scripts/site notebooks/run.py
	@.venv/bin/mypy --config-file python/pyproject.toml python/src/tfpredict

.PHONY: clean
clean: ## remove all build output, but not .venv
	@rm -rf build dist out data target benchmarks/target project/target project/project tests/models/made $(JARS)/*.jar

.venv/.ready: python/pyproject.toml python/constraints.txt scripts/venv
	@scripts/step python-environment scripts/venv
	@scripts/step java scripts/java-home

$(NATIVES): $(BUILD) | .venv/.ready
	@rm -f $(JARS)/tfpredict-natives-*.jar
	@scripts/step native-libraries ./sbtw natives/assembly
	@touch $@

# Rules for the jars of a line. The argument is the line.
define JARS_OF
$$(THIN_$(1)): $$(SOURCES) python/src/tfpredict/_version.py | .venv/.ready
	@rm -f $$(JARS)/tfpredict-spark$(1)_*.jar
	@scripts/step jar-for-spark-$(1) ./sbtw $$(BUILT_ON_$(1)) published/packageBin
	@touch $$@

$$(ASSEMBLY_$(1)): $$(THIN_$(1))
	@scripts/step assembly-jar-for-spark-$(1) ./sbtw $$(BUILT_ON_$(1)) assembly
	@touch $$@

$$(BENCHMARKS)_$(1).jar: $$(THIN_$(1)) $$(shell find benchmarks/scala -type f)
	@scripts/step benchmarks-jar-for-spark-$(1) ./sbtw $$(BUILT_ON_$(1)) benchmarks/package
	@touch $$@
endef
$(foreach line,3.5 4,$(eval $(call JARS_OF,$(line))))

$(PEERS): benchmarks/scale/requirements.txt scripts/peers $(BUILD) $(wildcard benchmarks/peers/*.scala) | .venv/.ready
	@scripts/step peers-environment scripts/peers
	@scripts/step peers-jars ./sbtw peers/stage
	@touch $@

$(ZOO): tests/compatibility/requirements.txt | .venv/.ready
	@rm -rf $(dir $@)
	@mkdir -p $(dir $@)
	@$(PYTHON_BIN) -m venv $(dir $@)
	@scripts/step zoo-environment $(dir $@)bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(SITE): scripts/site/requirements.txt | .venv/.ready
	@rm -rf $(dir $@)
	@mkdir -p $(dir $@)
	@$(PYTHON_BIN) -m venv $(dir $@)
	@scripts/step site-environment $(dir $@)bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(BYHAND): $(shell find examples -name '*.scala') $(BUILD) | .venv/.ready
	@scripts/step programs-by-hand ./sbtw byhand/stage
	@touch $@

$(MODELS): $(shell find tests/models -name '*.py') python/src/tfpredict/export.py | .venv/.ready
	@TF_CPP_MIN_LOG_LEVEL=2 scripts/step test-models $(PYTHON_BIN) tests/models/make.py
	@touch $@
