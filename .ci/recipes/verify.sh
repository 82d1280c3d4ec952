#!/usr/bin/env bash
# Checks what CI systems and editors read, without network: `verify.sh TOOLS SCRATCH`, where TOOLS is
# the folder with the programs of requirements.txt, and SCRATCH one that may be written. What it can't
# check, examples/ci/README.md tells.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=$1 scratch=$2
PATH=$tools:$PATH

# The kinds of plug-ins are in the schema that `touchdown schema --plugins` makes, not in the one that is kept.
suites=()
for suite in examples/*/touchdown.yaml; do
    [[ $suite == examples/plugins/* ]] || suites+=("$suite")
done
workflows=(.github/workflows/*.yml examples/ci/github.yml examples/ci/fleet-github.yml)

schema() {
    echo "schema: $*"
    check-jsonschema "$@"
}

schema --builtin-schema vendor.github-workflows "${workflows[@]}"
schema --builtin-schema vendor.github-actions action.yml
schema --builtin-schema vendor.gitlab-ci examples/ci/gitlab-ci.yml examples/ci/fleet-gitlab-ci.yml
# AWS publishes none for buildspecs.
schema --check-metaschema .ci/recipes/buildspec.schema.json docs/touchdown.schema.json
schema --schemafile .ci/recipes/buildspec.schema.json examples/ci/buildspec.yml examples/ci/fleet-buildspec.yml
# What the schema says to an editor is what touchdown says.
schema --schemafile docs/touchdown.schema.json "${suites[@]}" examples/ci/fleet.yaml

# Contexts, expressions and types, permissions, and the scripts in the steps. The place of touchdown is
# for the reader to write, so it can't be a commit.
echo "workflows: action.yml ${workflows[*]}"
jactionlint --ignore '"OWNER/touchdown@' action.yml "${workflows[@]}"

mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
echo "scripts: ${scripts[*]}"
shellcheck "${scripts[@]}"

rm -rf "$scratch"
mkdir -p "$scratch"
python .ci/recipes/scripts.py "$scratch"
shellcheck "$scratch"/*.sh
# One of this schema's patterns is not one of ECMAScript's.
schema --builtin-schema vendor.azure-pipelines --regex-variant python "$scratch/azure-pipelines.json"
