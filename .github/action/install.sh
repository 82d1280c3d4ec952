#!/usr/bin/env bash
# The step of the GitHub Action (action.yml) that installs touchdown: the release that the input
# `version` names, else the one whose tag the action was used at, else the action's own source.
set -euo pipefail

version=$INPUT_VERSION
if [[ -z $version && $ACTION_REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
    version=$ACTION_REF
fi
version=${version:-source}
# Under its version, so that a job that uses the action twice installs once.
directory=$RUNNER_TEMP/touchdown-$version

if [[ ! -x $directory/bin/touchdown ]]; then
    sh "$GITHUB_ACTION_PATH/install.sh" "$directory" "$version"
fi
printf '%s\n' "$directory/bin" >>"$GITHUB_PATH"
