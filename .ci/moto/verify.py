"""The real binary against moto, an AWS that other people wrote. See the README beside this file."""

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import boto3
from moto.moto_api import state_manager
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
LOG_GROUP = "/ecs/web"

# More than one answer of FilterLogEvents holds.
MANY_LINES = 10_400
# More than one answer of ListTasks and one DescribeTasks hold.
MANY_TASKS = 103

# Signed with whatever key. A profile or a proxy of whoever runs this is no part of it.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
} | {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


class Account:
    """What boto3 puts into moto, once, before the cases look at it."""

    def __init__(self, endpoint):
        def client(service):
            return boto3.client(
                service,
                endpoint_url=endpoint,
                region_name=REGION,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )

        self.endpoint = endpoint
        self.ecs, self.ecr, self.logs = client("ecs"), client("ecr"), client("logs")
        ec2 = client("ec2")
        self.network = {
            "awsvpcConfiguration": {
                "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
                "securityGroups": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
            }
        }
        self.logs.create_log_group(logGroupName=LOG_GROUP)
        self.ecr.create_repository(repositoryName="web")
        # The tag moves on to the second image. moto forgets an image that has no tag left.
        self.first_digest = self.push("first", built="first")
        self.push("latest", built="first")
        self.digest = self.push("latest", built="second")

        web = self.task_definition("web", LOG_GROUP)
        self.service("idle", "web", web, desired=2)
        self.service("idle", "worker", web, desired=1)

        deployment = self.service("busy", "web", web, desired=2)
        self.tasks = self.start("busy", "web", web, deployment, 2)
        for task in self.tasks:
            self.write(task, [f"listening, of task {task}"])

        deployment = self.service("draining", "web", web, desired=1)
        [new] = self.start("draining", "web", web, deployment, 1)
        [self.old_task] = self.start("draining", "web", web, "ecs-svc/1", 1)
        self.write(new, ["new code"])
        self.write(self.old_task, ["old code"])

        deployment = self.service("talkative", "web", web, desired=1)
        [task] = self.start("talkative", "web", web, deployment, 1)
        self.write(task, [f"line {n} of many" for n in range(MANY_LINES)])

        deployment = self.service("late", "web", web, desired=1)
        [self.late_task] = self.start("late", "web", web, deployment, 1)
        self.write(self.late_task, ["starting"])

        deployment = self.service("crowded", "web", web, desired=MANY_TASKS)
        for task in self.start("crowded", "web", web, deployment, MANY_TASKS):
            self.write(task, ["one of a crowd"])

        mute = self.task_definition("mute", "/ecs/nowhere")
        deployment = self.service("mute", "web", mute, desired=1)
        self.start("mute", "web", mute, deployment, 1)

    def push(self, tag, built):
        """Pushes an image made of nothing but a manifest, and returns its digest."""
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {
                    "mediaType": "application/vnd.oci.image.config.v1+json",
                    "digest": "sha256:" + hashlib.sha256(built.encode()).hexdigest(),
                    "size": 2,
                },
                "layers": [],
            }
        )
        digest = "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
        pushed = self.ecr.put_image(
            repositoryName="web", imageManifest=manifest, imageTag=tag, imageDigest=digest
        )
        assert pushed["image"]["imageId"]["imageDigest"] == digest, pushed
        return digest

    def task_definition(self, family, log_group):
        container = {
            "name": "app",
            "image": f"{REGISTRY}/web:latest",
            "essential": True,
            "cpu": 256,
            "memory": 512,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": log_group,
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "ecs",
                },
            },
        }
        registered = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )
        return registered["taskDefinition"]["taskDefinitionArn"]

    def service(self, cluster, name, task_definition, desired):
        """Makes a service in a cluster, and returns its deployment's id."""
        self.ecs.create_cluster(clusterName=cluster)
        created = self.ecs.create_service(
            cluster=cluster,
            serviceName=name,
            taskDefinition=task_definition,
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration=self.network,
        )
        [deployment] = created["service"]["deployments"]
        return deployment["id"]

    def start(self, cluster, service, task_definition, deployment, count):
        """Starts tasks as ECS does for a service, and returns their ids."""
        tasks = []
        while len(tasks) < count:
            started = self.ecs.run_task(
                cluster=cluster,
                taskDefinition=task_definition,
                launchType="FARGATE",
                networkConfiguration=self.network,
                startedBy=deployment,
                group=f"service:{service}",
                count=min(10, count - len(tasks)),  # RunTask starts ten at most.
            )
            tasks += [task["taskArn"].rsplit("/", 1)[-1] for task in started["tasks"]]
        streams = [f"ecs/app/{task}" for task in tasks]
        if "/mute:" not in task_definition:
            for stream in streams:
                self.logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        return tasks

    def write(self, task, lines):
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines]
        for first in range(0, len(events), 10_000):  # PutLogEvents takes so many.
            self.logs.put_log_events(
                logGroupName=LOG_GROUP,
                logStreamName=f"ecs/app/{task}",
                logEvents=events[first : first + 10_000],
            )


class Ran:
    """A finished run of touchdown: its exit code, what it printed, and its reports."""

    def __init__(self, process, folder):
        self.code = process.returncode
        self.printed = process.stdout + process.stderr
        report = folder / "report.json"
        self.report = json.loads(report.read_text()) if report.exists() else None
        self.junit = folder / "report.xml"

    def check(self, kind):
        [found] = [check for check in self.report["checks"] if check["kind"] == kind]
        return found

    def ends(self, code, *told):
        """Asserts the exit code, and that each of these texts was printed."""
        assert self.code == code, f"exit code {self.code}, not {code}"
        # The terminal's layout breaks lines where it likes.
        printed = " ".join(self.printed.split())
        for text in told:
            assert text in printed, f"`{text}` was not printed"

    def calls(self):
        return {call["call"]: call for call in self.report["calls"]}


class Cases:
    """Each public method is a case. They only read the account, so they run side by side."""

    def __init__(self, binary, account):
        self.binary = binary
        self.account = account
        self.last = threading.local()

    def touchdown(self, *arguments, environment=ENVIRONMENT):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            process = subprocess.run(
                [self.binary, *(str(argument).replace("@", name) for argument in arguments)],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=120,
            )
            ran = Ran(process, folder)
            self.last.printed = ran.printed
            if ran.junit.exists():
                ran.junit = xml.parse(ran.junit).getroot()
            return ran

    def run(self, cluster, service, *checks, within="1s", **target):
        """Runs a suite of one target, `web`. A check is a kind, or all its fields."""
        suite = {
            "version": 1,
            "name": "against moto",
            "defaults": {"within": within, "every": "250ms"},
            "targets": {"web": {"cluster": cluster, "service": service} | target},
            "checks": [{"check": check} if isinstance(check, str) else check for check in checks],
        }
        with suite_file(suite) as file:
            return self.touchdown(
                *("run", file, "--endpoint-url", self.account.endpoint),
                *("--json", "@/report.json", "--junit", "@/report.xml"),
            )

    # Finding the service

    def unknown_cluster_names_those_there_are(self):
        ran = self.run("nowhere", "web", "ecs.digest-running")
        ran.ends(3, "there is no cluster `nowhere`", "idle", "busy", "draining")

    def unknown_service_names_those_there_are(self):
        ran = self.run("idle", "dashboard", "ecs.digest-running")
        ran.ends(3, "there is no service `dashboard` in cluster `idle`", "web", "worker")

    def another_region_has_no_such_cluster(self):
        ran = self.run("busy", "web", "ecs.digest-running", region="eu-west-1")
        ran.ends(3, "there is no cluster `busy`")

    def globs_find_the_one_service(self):
        ran = self.run("bu?y", "w*", {"check": "logs.line-seen", "contains": "listening"})
        ran.ends(0)
        target = ran.report["targets"]["web"]
        assert target["service"] == "web" and target["cluster"].endswith("busy"), target

    def a_glob_that_matches_two_names_both(self):
        ran = self.run("idle", "w*", "ecs.digest-running")
        ran.ends(3, "`w*` matches 2 services", "web", "worker")

    # Images

    def a_moved_tag_is_what_it_means_now(self):
        ran = self.run("idle", "web", "ecs.digest-running")
        ran.ends(1, "0 of 2 tasks", self.account.digest)
        found = ran.report["targets"]["web"]["expected_digest"]
        assert found == self.account.digest, found

    def an_image_is_found_by_digest(self):
        digest = self.account.first_digest
        ran = self.run("idle", "web", "ecs.digest-running", image=f"{REGISTRY}/web@{digest}")
        ran.ends(1, "0 of 2 tasks", digest)
        found = ran.report["targets"]["web"]["expected_digest"]
        assert found == digest, found

    def a_tag_that_was_never_pushed(self):
        ran = self.run("idle", "web", "ecs.digest-running", image=f"{REGISTRY}/web:never")
        ran.ends(1, f"the expected image {REGISTRY}/web:never is not in ECR")

    def a_repository_that_does_not_exist(self):
        image = f"{REGISTRY}/nothing:latest"
        ran = self.run("idle", "web", "ecs.digest-running", image=image, containers=["app"])
        ran.ends(3, "RepositoryNotFoundException", "nothing")

    # Tasks

    def no_task_is_no_pass(self):
        ran = self.run("idle", "web", "ecs.digest-running", "ecs.tasks-started-after-push")
        ran.ends(1, "0 of 2 tasks")
        assert ran.report["counts"]["failed"] == 2, ran.report["counts"]

    def a_fact_that_is_missing_is_no_pass(self):
        ran = self.run("busy", "web", "ecs.digest-running", "ecs.tasks-started-after-push")
        ran.ends(3, "reports no digest for container `app`")
        assert ran.report["counts"]["inconclusive"] == 2, ran.report["counts"]

    def more_tasks_than_one_answer_holds(self):
        each = {"check": "logs.line-seen", "contains": "one of a crowd", "in": "each-task"}
        ran = self.run("crowded", "web", each, within="10s")
        ran.ends(0, f"{MANY_TASKS} of {MANY_TASKS} tasks")
        assert ran.calls()["ecs:DescribeTasks"]["count"] > 1, ran.calls()

    # Logs

    def a_line_of_each_task_is_found_and_quoted(self):
        each = {"check": "logs.line-seen", "contains": "listening", "in": "each-task"}
        ran = self.run("busy", "web", each)
        ran.ends(0, "2 of 2 tasks")
        evidence = json.dumps(ran.check("logs.line-seen")["evidence"])
        for task in self.account.tasks:
            assert f"listening, of task {task}" in evidence, evidence
        failed = {name: call for name, call in ran.calls().items() if call["failed"]}
        assert not failed, failed

    def a_forbidden_line_breaks_at_once(self):
        absent = {"check": "logs.line-absent", "regex": "listening, of task [0-9a-f-]+"}
        began = time.monotonic()
        ran = self.run("busy", "web", absent, within="5m")
        ran.ends(1, "wrote the forbidden line `listening, of task")
        assert time.monotonic() - began < 30, "it waited"

    def a_line_of_an_old_task_is_not_the_new_ones(self):
        ran = self.run(
            "draining",
            "web",
            {"check": "logs.line-seen", "id": "new", "contains": "new code"},
            {"check": "logs.line-absent", "id": "old", "contains": "old code"},
        )
        verdicts = {check["id"]: check["verdict"] for check in ran.report["checks"]}
        assert verdicts == {"new": "passed", "old": "passed"}, verdicts

    def a_line_beyond_the_first_page(self):
        last = {"check": "logs.line-seen", "contains": f"line {MANY_LINES - 1} of many"}
        ran = self.run("talkative", "web", last, within="10s")
        ran.ends(0)
        assert ran.calls()["logs:FilterLogEvents"]["count"] > 1, ran.calls()

    def a_line_that_comes_while_it_looks(self):
        def later():
            time.sleep(3)
            self.account.write(self.account.late_task, ["ready at last"])

        writer = threading.Thread(target=later)
        writer.start()
        ran = self.run(
            "late", "web", {"check": "logs.line-seen", "contains": "ready at last"}, within="30s"
        )
        writer.join()
        ran.ends(0, "`ready at last` was written by task")
        states = [attempt["state"] for attempt in ran.check("logs.line-seen")["attempts"]]
        assert states[0] == "not-yet" and states[-1] == "holds", states

    def a_log_group_that_does_not_exist(self):
        ran = self.run("mute", "web", {"check": "logs.line-seen", "contains": "anything"})
        ran.ends(3, "there is no log group `/ecs/nowhere`")

    # Reports, and what needs no AWS

    def reports_agree(self):
        ran = self.run(
            "busy",
            "web",
            {"check": "logs.line-seen", "contains": "listening"},
            {"check": "logs.line-absent", "contains": "listening"},
            "ecs.digest-running",
        )
        ran.ends(1)
        counts = ran.report["counts"]
        told = (counts["passed"], counts["failed"], counts["inconclusive"])
        assert told == (1, 1, 1), counts
        junit = (len(ran.junit.findall(".//failure")), len(ran.junit.findall(".//error")))
        assert junit == (1, 1), junit
        assert (ran.report["verdict"], ran.report["exit_code"]) == ("failed", 1)

    def the_endpoint_can_come_from_the_environment(self):
        environment = ENVIRONMENT | {"AWS_ENDPOINT_URL": self.account.endpoint}
        with suite_file(minimal({"check": "logs.line-seen", "contains": "listening"})) as file:
            self.touchdown("run", file, environment=environment).ends(0)

    def a_suite_is_validated_offline(self):
        nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "PATH": os.environ["PATH"]}
        for kind, code in {"ecs.digest-running": 0, "ecs.digest-runing": 2}.items():
            with suite_file(minimal({"check": kind})) as file:
                ran = self.touchdown("validate", file, environment=nobody)
                ran.ends(code, *(["ecs.digest-running"] if code else []))


def minimal(check):
    target = {"cluster": "busy", "service": "web"}
    return {"version": 1, "targets": {"web": target}, "checks": [check]}


@contextmanager
def suite_file(suite):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(suite, file)  # JSON is YAML.
        file.flush()
        yield file.name


def judge(cases, name):
    """Runs one case, and returns what is wrong with it."""
    cases.last.printed = ""
    try:
        getattr(cases, name)()
        printed = cases.last.printed
        assert "panicked" not in printed and "unreadable answer" not in printed, "see what it printed"
        return None
    except Exception:  # Whatever it is, the other cases are still to be told.
        return traceback.format_exc() + cases.last.printed


def main():
    binary = str(Path(sys.argv[1]).resolve(strict=True))
    # moto writes a line for every request, and moves a task on with every look at it.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1_000_000})
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        cases = Cases(binary, Account(f"http://{host}:{port}"))
        names = [
            name
            for name, member in vars(Cases).items()
            if callable(member) and name not in ("__init__", "touchdown", "run")
        ]
        with ThreadPoolExecutor(4) as pool:
            wrong = dict(zip(names, pool.map(lambda name: judge(cases, name), names)))
    finally:
        server.stop()
    for name, told in wrong.items():
        print(f"{'FAILED' if told else 'ok':6}  {name.replace('_', ' ')}")
        if told:
            print(told)
    failed = sum(told is not None for told in wrong.values())
    print(f"{len(wrong) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
