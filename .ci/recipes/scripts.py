"""Writes what is in the recipes into a folder, for others to check: scripts.py FOLDER.

The scripts become files, for shellcheck. A Jenkinsfile is a program; that it is one of Groovy's is
checked here. Azure's schema knows Microsoft's tasks only: it gets the pipeline with AWS's tasks
written as the plain scripts that they run.
"""

import json
import sys
from pathlib import Path

import tree_sitter
import tree_sitter_groovy
from ruamel.yaml import YAML

RECIPES = Path("examples/ci")
FOLDER = Path(sys.argv[1])


def read(name):
    return YAML(typ="safe").load(RECIPES / name)


def gitlab():
    for recipe in (read("gitlab-ci.yml"), read("fleet-gitlab-ci.yml")):
        for name in recipe["stages"]:
            job = recipe[name]
            lines = recipe[job["extends"]]["before_script"] + job["script"]
            yield "sh", "\n".join(lines)


def codebuild():
    for name in ("buildspec.yml", "fleet-buildspec.yml"):
        phases = read(name)["phases"].values()
        commands = [command for phase in phases for command in phase["commands"]]
        yield "bash", "\n".join(commands)


def azure():
    pipeline = read("azure-pipelines.yml")
    for step in pipeline["jobs"][0]["steps"]:
        if step.get("task", "").startswith("AWSShellScript@"):
            del step["task"]
            step["bash"] = step.pop("inputs")["inlineScript"]
        if "bash" in step:
            yield "bash", step["bash"]
    (FOLDER / "azure-pipelines.json").write_text(json.dumps(pipeline))


def jenkins():
    text = (RECIPES / "Jenkinsfile").read_bytes()
    language = tree_sitter.Language(tree_sitter_groovy.language())
    tree = tree_sitter.Parser(language).parse(text)
    faults = [node for node in nodes(tree.root_node) if node.is_error or node.is_missing]
    if faults:
        line = faults[0].start_point.row + 1
        sys.exit(f"examples/ci/Jenkinsfile:{line}: this is not Groovy")
    for script in text.decode().split("'''")[1::2]:
        # An escaped line end is none in a string of Groovy.
        yield "sh", script.replace("\\\n", "")


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


for system in (gitlab, codebuild, azure, jenkins):
    for number, (shell, script) in enumerate(system(), start=1):
        file = FOLDER / f"{system.__name__}-{number}.sh"
        file.write_text(f"#!/usr/bin/env {shell}\n{script}\n")
        print("script:", file.name)
