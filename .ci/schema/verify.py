"""The JSON Schema of suites against suites: what touchdown reads, the schema must accept, and
what touchdown refuses it must refuse too, as far as a schema can tell.

    python .ci/schema/verify.py docs/touchdown.schema.json
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What is wrong with these is beyond a schema: names that are not there, cycles, variables
# without a value, other files, one field against another, texts that are no expression, glob, path, image or time,
# and texts that are empty where others may be.
BEYOND = {
    "ambiguous-since",
    "bad-glob",
    "bad-image",
    "bad-not-before",
    "bad-regex",
    "connection-fields",
    "contradicting-arn",
    "cycle-in-needs",
    "empty-target-values",
    "given-in-two-files",
    "include-in-a-circle",
    "include-of-another-version",
    "include-that-is-not-there",
    "json-paths",
    "malformed-variable",
    "merge-key",
    "metric-fields",
    "mistakes-in-an-included-file",
    "names-in-a-fleet",
    "need-on-itself",
    "no-targets",
    "odd-target-name",
    "on-without-target",
    "secret-id",
    "several-are-meant",
    "shared-fields",
    "two-checks-with-one-id",
    "unknown-on",
    "unknown-since",
    "unset-variable",
    "unset-variables-in-a-block",
    "values-of-for-each",
    "values-where-code-is-meant",
}


def suites(pattern):
    found = sorted(ROOT.glob(pattern))
    assert found, f"no suites: {pattern}"
    return found


def read(path):
    # YAML 1.2, in which `on` is a text and not a truth value, and a time a text.
    yaml = YAML(typ="safe", pure=True)
    text = yaml.constructor.construct_yaml_str
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: text(node))
    return yaml.load(path.read_bytes())


def mistakes(validator, suite):
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(suite)]


def main(path):
    schema = json.loads(pathlib.Path(path).read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    wrong = []

    # The kinds of plug-ins are in the schema that `touchdown schema --plugins` makes, not in this one.
    own = [suite for suite in suites("examples/*/touchdown.yaml") if suite.parent.name != "plugins"]
    sound = own + suites("tests/table/*.yaml")
    sound += suites("tests/example_suite.yaml")
    for suite in sound:
        wrong += [f"{suite}: {mistake}" for mistake in mistakes(validator, read(suite))]
    kinds = schema["$defs"]["Check"]["properties"]["check"]["enum"]
    for kind in kinds:
        for example in schema["$defs"][kind]["examples"]:
            suite = {"version": 1, "checks": [example]}
            wrong += [f"example of {kind}: {mistake}" for mistake in mistakes(validator, suite)]

    refused = 0
    for suite in suites("tests/invalid_suites/*.yaml"):
        try:
            accepted = not mistakes(validator, read(suite))
        except (YAMLError, UnicodeDecodeError, RecursionError):
            continue
        refused += not accepted
        if accepted != (suite.stem in BEYOND):
            verb = "accepts" if accepted else "refuses by now"
            wrong.append(f"{suite}: the schema {verb} it")

    print(*wrong, sep="\n")
    print(f"{len(sound)} suites and the examples of {len(kinds)} kinds, {refused} suites refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
