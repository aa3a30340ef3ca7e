# What a person types. Every target sets up what it needs; `make help` lists them.
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# What Node has compiled, for every process of a command; without this vitest keeps it in a folder of the machine's.
export NODE_COMPILE_CACHE := $(CURDIR)/.state/compile-cache
run := node --disable-warning=ExperimentalWarning helpers/commands
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 18

node_modules/.ready: package.json package-lock.json
	@echo 'installing packages: npm ci (half a minute)'
	@npm ci --no-audit --loglevel=error
	@touch $@

setup: node_modules/.ready

course: setup ## set up, run the course, write the report (ONLY=m1.e4 for one exercise, SHARD=1/4 for a part)
	@$(run)/course.ts

test: check ## lint, types, unit tests, then the suite's own checks on a real cluster
	@$(run)/contracts.ts
	@$(run)/isolation.ts
	@$(run)/truth-table.ts
	@$(run)/prove-red.ts
	@SAMPLE=$${SAMPLE:-10} $(run)/mutants.ts

check: setup ## lint, types, unit tests, workflows, table of contents; no cluster
	@oxfmt --check .
	@oxlint --type-aware --deny-warnings
	@tsc -p .
	@vitest run --project unit
	@$(run)/workflows.ts
	@$(run)/contents.ts --check

doctor: setup ## what this machine has and lacks
	@$(run)/doctor.ts

up: setup ## start a lab and keep it (CLUSTER=kind NODES=3; CLUSTERS=2 for a second cluster of the same mesh, CLUSTERS=3 for one without istiod too)
	@$(run)/up.ts

kind-up: setup ## the same as a cluster of kind, as the course texts have it
	@$(run)/up.ts kind

istio-sidecar: up ## Istio on the lab (part of it already)

istio-ambient: up ## ambient mode on the lab: make istio-ambient ZTUNNEL=/path/to/ztunnel
	@$(run)/istio-ambient.ts

mtls-strict: setup ## STRICT mutual TLS in a namespace of the lab: make mtls-strict NAMESPACE=shop
	@$(run)/mtls-strict.ts

observability: up ## Prometheus (part of the lab already) and Jaeger on the lab (a course brings it where it asks for traces)
	@$(run)/observability.ts

kiali: setup ## Kiali on the lab, where its image can be pulled
	@$(run)/kiali.ts

rollouts: setup ## the kinds of Argo Rollouts on the lab, for m5.e10 started by hand (a course brings them by itself)
	@$(run)/rollouts.ts

graph: setup ## draw who calls whom on the lab now: reports/service-graph.svg
	@$(run)/graph.ts

shell: setup ## a shell with kubectl, istioctl and KUBECONFIG of the lab (CLUSTER_NAME=east or edge for another cluster)
	@$(run)/shell.ts

down: setup ## remove the lab (CLUSTER=existing: only what the course left on that cluster)
	@$(run)/down.ts

report: setup ## write the report of the last run again; RESULTS="dir1 dir2" merges several
	@$(run)/report.ts

scan: setup ## look for secrets in everything under reports/
	@$(run)/scan.ts

proof: setup ## repeat a refused call from its record: make proof BUNDLE=reports/proofs/refused-call
	@$(run)/proof.ts

prove-red: setup ## every exercise with its lesson manifest withheld must go red for the right reason
	@$(run)/prove-red.ts

truth-table: setup ## the NetworkPolicy engine against a table of who may call whom
	@$(run)/truth-table.ts

contracts: setup ## what lessons rely on in the images in use, one line each, and which lessons a broken one puts in doubt
	@$(run)/contracts.ts

isolation: setup ## specs started by hand or by an editor run on the lab and touch no other cluster
	@$(run)/isolation.ts

follow: setup ## walk through an exercise on the lab that is up, one command at a time: make follow ONLY=m1.e4
	@$(run)/follow.ts

demo-security: setup ## present four states of the same calls on the lab that is up (PRESENT=auto rehearses it)
	@$(run)/demo.ts security

demo-canary: setup ## present a canary and its way back on the lab that is up (PRESENT=auto rehearses it)
	@$(run)/demo.ts canary

demo-tracing: setup ## present how one trace names the slow hop, on the lab that is up (PRESENT=auto rehearses it)
	@$(run)/demo.ts tracing

demo-integration: setup ## present how your own decider judges each call, on the lab that is up (PRESENT=auto rehearses it)
	@$(run)/demo.ts integration

demo-federation: setup ## present one source of policies in two clusters, on a lab of two that is up (PRESENT=auto rehearses it)
	@$(run)/demo.ts federation

demos: setup ## rehearse every demo on the lab that is up: each must be live in every step, and in time
	@$(run)/demos.ts

demo-script: setup ## the script of a demo on one page to print: make demo-script DEMO=security
	@$(run)/demo-script.ts

incident: setup ## a drill for you on the lab that is up: find what is broken, against a clock (PRESENT=auto plays it alone; SEED=n repeats one)
	@$(run)/incident.ts

role-play: setup ## a talk with a customer, to be practised alone, with evidence of the last run: make role-play SCENARIO=sarah
	@$(run)/role-play.ts

role-play-paper: setup ## the same for two people, as pages to print: make role-play-paper SCENARIO=sarah
	@$(run)/role-play-paper.ts

explain: setup ## explain an exercise or a module in your own words, compare, and keep it: make explain ID=m1.e4
	@$(run)/explain.ts

progress: setup ## what you ran, can explain and have practised on this machine, and what to do next
	@$(run)/progress.ts

forget: setup ## remove what is kept of you: make forget SURE=yes
	@$(run)/forget.ts

story: setup ## begin a customer's story beside an exercise: make story ID=m2.e5 CUSTOMER="Acme Bank"
	@$(run)/story.ts

metrics-form: setup ## a form for your own figures of success with customers, which the course does not measure
	@$(run)/metrics-form.ts

watch: setup ## run an exercise again whenever its files change: make watch ONLY=m1.e4
	@$(run)/watch.ts

conformance: setup ## Kubernetes' own NetworkPolicy tests against the lab (builds them first: minutes)
	@$(run)/conformance.ts

mutants: setup ## lesson manifests changed in one place at a time: each exercise must notice (ONLY=m1.e4 for one exercise, UNTRIED=yes where an earlier run was interrupted)
	@$(run)/mutants.ts

faults: setup ## lessons while something else is broken must not be green: make faults FAULT=dns-down (all if none is named)
	@$(run)/faults.ts

interrupts: setup ## interrupt the course at ten moments: nothing may be left behind
	@$(run)/interrupts.ts

air-gap: setup ## the course from a mirror on this machine, filled with the assembled images (ONLY=m1.e4 for one exercise)
	@$(run)/air-gap.ts

bench: setup ## measure a warm run and print what took how long, and who used the processors
	@$(run)/bench.ts

bench-pair: setup ## measure this checkout and another in turns: make bench-pair AGAINST=dir ROUNDS=3
	@$(run)/bench-pair.ts

bench-report: setup ## how big a report of 200 exercises is, and how soon it opens (EXERCISES=400 for more)
	@$(run)/bench-report.ts

discover: setup ## read your own cluster and say which exercise to show next: make discover CONTEXT=name (PLAN=yes shows what it would ask)
	@$(run)/discover.ts

soak: setup ## the course again and again on the lab that is up: make soak N=20 (ONLY=m1.e4 for one exercise)
	@$(run)/soak.ts

compare: setup ## what differs between two runs: make compare A=dir B=dir (FACTOR=3); the last two if none is named
	@$(run)/compare.ts

matrix: setup ## the course on every pair of versions that Istio supports, and one page of all: make matrix PAIRS="1.30 1.31-1.36"
	@$(run)/matrix.ts

flakes: setup ## exercises that ended both ways over the runs so far, and the waits closest to their deadlines
	@$(run)/flakes.ts

coverage: setup ## what of the curriculum the last run has proven, id by id
	@$(run)/coverage.ts

evidence: setup ## what proves an assertion: its claim, the commands that decide it, when and on what: make evidence ID=m1.e4.a2
	@$(run)/evidence.ts

errata: setup ## write what the course texts get wrong, and where it is shown: reports/errata.md
	@$(run)/errata.ts

sheets: setup ## quick reference sheets to print, one page each: customers, words, troubleshooting, demos, return; reports/sheets/
	@$(run)/sheets.ts

roi: setup ## the workshop's calculation: make roi INPUTS=my-inputs.yaml (PROFILE=lisa for a customer of the course, PROFILE=all for all five)
	@$(run)/roi.ts

contents: setup ## write specs/README.md from the cards
	@$(run)/contents.ts

new: setup ## scaffold an exercise: make new EXERCISE=01-foundation/03-observability/01-claim
	@$(run)/new.ts

audit: setup ## ask the databases of known vulnerabilities about every npm package and Go program
	@$(run)/audit.ts

workflows: setup ## lint the workflows of GitHub with actionlint (part of check)
	@$(run)/workflows.ts

versions: setup ## ask the registries for newer versions of all that is pinned; APPLY=yes writes them and runs the course
	@$(run)/versions.ts

refresh: setup ## the month's routine: demos, whole course, drift, disproofs, errata, versions; reports/refresh.md (MATRIX=yes for a quarter's)
	@REVISIONS=$${REVISIONS:-2} $(run)/refresh.ts

sources: setup ## public pages that the course cites, the one read longest ago first, with what each is cited for
	@$(run)/sources.ts

images: setup ## every image and package taken from others, one a line; with REGISTRY=host:port also its name in that mirror
	@$(run)/images.ts

clean-cache: ## remove everything that was built and kept for later runs
	@folder="$${MESH_MASTERY_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/mesh-mastery}"; \
	case " $$HOME/ $(CURDIR)/ $${MESH_MASTERY_STATE:-$(CURDIR)/.state}/" in *" $${folder%/}/"*) \
	  printf '%s holds more than the cache\nnext: name a folder for it alone: MESH_MASTERY_CACHE=…\n' "$$folder" >&2; exit 2;; esac; \
	echo "rm -rf $$folder"; rm -rf "$$folder"

.PHONY: discover demo-integration demo-federation proof versions sources demos story metrics-form explain progress forget role-play role-play-paper evidence sheets incident rollouts demo-security demo-canary demo-tracing demo-script refresh matrix bench-pair bench-report follow air-gap contracts isolation mutants audit interrupts faults help setup course test check doctor up kind-up istio-sidecar mtls-strict observability kiali graph soak compare flakes coverage errata roi watch conformance shell down report scan prove-red truth-table bench contents new workflows images clean-cache
