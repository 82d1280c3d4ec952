#!/usr/bin/env bash
# The step of the GitHub Action (action.yml) that runs touchdown, tells the outputs, and fails by the
# verdict. Every input comes as an environment variable and goes on as arguments, each one whole:
# nothing of it is ever read as shell. The bash 3.2 of macOS will do.
set -euo pipefail

# A mistake in the workflow: nothing ran.
refuse() {
    local message=$1
    message=${message//'%'/%25}
    message=${message//$'\r'/%0D}
    message=${message//$'\n'/%0A}
    echo "::error title=touchdown::$message"
    tell 2
    exit 2
}

# An output of this step. The delimiter can't be guessed, so a value can't begin another output.
output() {
    local delimiter=touchdown_$RANDOM$RANDOM$RANDOM
    printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

verdict() {
    case $1 in
    0) echo passed ;;
    1) echo failed ;;
    3) echo inconclusive ;;
    130 | 143) echo interrupted ;;
    *) echo error ;;
    esac
}

# The outputs after touchdown ended with this code. A file that isn't there is not told.
tell() {
    local name
    output exit-code "$1"
    if [[ $INPUT_COMMAND != snapshot ]]; then
        output verdict "$(verdict "$1")"
    fi
    for name in $files; do
        if [[ -s $(path "$name") ]]; then
            output "$name" "$(path "$name")"
        fi
    done
}

# Where a file goes that touchdown writes.
path() {
    case $1 in
    # Each service has its own, for the job that records several.
    baseline) echo "$directory/baseline-${INPUT_SERVICE//[!A-Za-z0-9.-]/-}.json" ;;
    junit) echo "$directory/touchdown.xml" ;;
    markdown) echo "$directory/touchdown.md" ;;
    *) echo "$directory/touchdown.$1" ;;
    esac
}

# Inputs that mean nothing to this command are mistakes, not to be passed over.
without() {
    local name input
    for name in "$@"; do
        if [[ -n ${!name} ]]; then
            input=$(tr '[:upper:]_' '[:lower:]-' <<<"${name#INPUT_}")
            refuse "the input \`$input\` is not for \`command: $INPUT_COMMAND\`"
        fi
    done
}

# `OPTION=VALUE`, where there is a value: one that begins with a dash is a value none the less.
option() {
    if [[ -n $2 ]]; then
        arguments+=("$1=$2")
    fi
}

# The option once for each line.
options() {
    local line
    while IFS= read -r line; do
        option "$1" "${line%$'\r'}"
    done <<<"$2"
}

files=
arguments=("$INPUT_COMMAND")
case $INPUT_COMMAND in
run)
    without INPUT_SERVICE INPUT_IMAGE INPUT_SINCE INPUT_WAIT
    option --profile "$INPUT_PROFILE"
    option --timeout "$INPUT_TIMEOUT"
    option --shard "$INPUT_SHARD"
    options --only "$INPUT_ONLY"
    options --var "$INPUT_VARIABLES"
    operand=$INPUT_SUITE
    ;;
confirm)
    without INPUT_SUITE INPUT_PROFILE INPUT_TIMEOUT INPUT_SHARD INPUT_ONLY INPUT_VARIABLES
    option --image "$INPUT_IMAGE"
    option --since "$INPUT_SINCE"
    option --wait "$INPUT_WAIT"
    operand=$INPUT_SERVICE
    ;;
snapshot)
    without INPUT_SUITE INPUT_PROFILE INPUT_TIMEOUT INPUT_SHARD INPUT_ONLY INPUT_VARIABLES \
        INPUT_IMAGE INPUT_SINCE INPUT_WAIT INPUT_BASELINE
    operand=$INPUT_SERVICE
    ;;
*) refuse "the input \`command\` is run, confirm or snapshot, not \`$INPUT_COMMAND\`" ;;
esac
if [[ $INPUT_COMMAND != run && -z $operand ]]; then
    refuse "\`command: $INPUT_COMMAND\` needs the input \`service\`, such as prod-shop/checkout"
fi
for name in INPUT_UPLOAD INPUT_FAIL_ON_INCONCLUSIVE; do
    if [[ ${!name} != true && ${!name} != false ]]; then
        refuse "the inputs \`upload\` and \`fail-on-inconclusive\` are true or false, not \`${!name}\`"
    fi
done

directory=${INPUT_REPORT_DIRECTORY:-.}
if [[ $directory != /* ]]; then
    directory=$PWD/$directory
fi
mkdir -p "$directory"
if [[ $INPUT_COMMAND == snapshot ]]; then
    files=baseline
    option --output "$(path baseline)"
else
    files='json junit html markdown'
    options --baseline "$INPUT_BASELINE"
    for name in $files; do
        option "--$name" "$(path "$name")"
    done
fi
if [[ -n $operand ]]; then
    arguments+=(-- "$operand")
fi
# What an earlier run left must not be taken for what this one found.
for name in $files; do
    rm -f "$(path "$name")"
done

# Where a job is cancelled, GitHub signals this shell alone; touchdown then writes what is known.
touchdown "${arguments[@]}" &
child=$!
trap 'kill -INT "$child"' INT
trap 'kill -TERM "$child"' TERM
status=0
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
done
tell "$status"

if [[ $status == 3 && $INPUT_COMMAND != snapshot && $INPUT_FAIL_ON_INCONCLUSIVE == false ]]; then
    echo '::warning title=touchdown::inconclusive; fail-on-inconclusive is false, so this step passes'
    exit 0
fi
exit "$status"
