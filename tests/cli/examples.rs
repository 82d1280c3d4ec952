//! The examples by hand, as their READMEs say: red, the fix over the wire, green.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;

use crate::aws::Aws;
use crate::place::{
    Ended, Place, argument, assert_tells, check, ended, hint, read_until, told, verdicts,
};

/// So fast that a roll-out takes seconds.
const SPEED: f64 = 40.0;

/// Runs an example as a person would, with both reports, and reads them.
fn run(place: &Place, example: &str, url: &str) -> Ended {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(example);
    let reports = ["--junit", "j.xml", "--json", "r.json"];
    let arguments = [
        &["run", argument(&suite), "--endpoint-url", url],
        &reports[..],
    ]
    .concat();
    let ended = place.run(&arguments);
    assert_eq!(
        place.files(),
        ["j.xml", "r.json"],
        "both reports, and nothing else: {ended:#?}"
    );
    assert_eq!(
        place.json("r.json")["exit_code"].as_i64(),
        ended.code.map(i64::from)
    );
    ended
}

/// The names of a JUnit report's elements, in order; it must be well-formed.
fn elements(junit: &str) -> Vec<String> {
    let mut reader = Reader::from_str(junit);
    let mut names = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) | Event::Empty(start) => {
                names.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
            }
            Event::Eof => return names,
            _ => {}
        }
    }
}

/// How many test cases, failures, skips and errors a JUnit report has.
fn counted(junit: &str) -> [usize; 4] {
    let names = elements(junit);
    let count = |name: &&str| names.iter().filter(|known| known == name).count();
    ["testcase", "failure", "skipped", "error"]
        .each_ref()
        .map(count)
}

/// Sends a request as `curl` would, and gives the status.
fn post(aws: &Aws, path: &str, headers: &str, body: &str) -> String {
    send(&aws.url().replace("http://", ""), path, headers, body)
}

fn send(address: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}");
    write!(stream, "{head}content-length: {length}\r\n\r\n{body}").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn stale_tag_is_red_until_the_control_fixes_it() {
    let aws = Aws::at_speed("stale-tag", SPEED);
    let place = Place::new();
    // Long before its deadline: the evidence is there at once.
    let red = run(&place, "stale-tag", &aws.url());
    red.expect_code(1);
    let report = place.json("r.json");
    assert_eq!(
        verdicts(&report),
        ["fresh: failed", "digest: failed", "shows: skipped"]
    );
    assert_tells(
        &told(&report, "fresh"),
        &["16m9s before the push of dashboard:latest-dev"],
    );
    assert_tells(
        &red.stdout,
        &["FAILED", "16m9s before the push", "--force-new-deployment"],
    );
    assert_eq!(counted(&place.read("j.xml")), [3, 2, 1, 0]);

    assert_eq!(post(&aws, "/_simulator/actions/fix", "", ""), "200");
    let green = run(&place, "stale-tag", &aws.url());
    green.expect_code(0);
    let report = place.json("r.json");
    assert_eq!(
        verdicts(&report),
        ["fresh: passed", "digest: passed", "shows: passed"]
    );
    assert_tells(
        &told(&report, "shows"),
        &["answered 200", "`cloud-latest`", "$.entities = 5421"],
    );
    assert_tells(&green.stdout, &["PASSED", "3 passed"]);
    assert_eq!(counted(&place.read("j.xml")), [3, 0, 0, 0]);
}

#[test]
fn stale_tag_is_mended_by_the_command_of_its_hint() {
    let aws = Aws::at_speed("stale-tag", SPEED);
    let place = Place::new();
    run(&place, "stale-tag", &aws.url()).expect_code(1);
    let hint = hint(&place.json("r.json"), "fresh");
    let command = hint.lines().last().expect("a command");
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words[..3], ["aws", "ecs", "update-service"], "{command}");
    let option = |name: &str| {
        let place = words.iter().position(|word| *word == name);
        words[place.unwrap_or_else(|| panic!("{name} in {command}")) + 1]
    };
    assert!(words.contains(&"--force-new-deployment"));
    let update = json!({
        "cluster": option("--cluster"), "service": option("--service"), "forceNewDeployment": true,
    });
    let region = option("--region");
    let signed = format!(
        "x-amz-target: AmazonEC2ContainerServiceV20141113.UpdateService\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=x/20251118/{region}/ecs/aws4_request\r\n"
    );
    assert_eq!(post(&aws, "/", &signed, &update.to_string()), "200");
    run(&place, "stale-tag", &aws.url()).expect_code(0);
}

/// Runs the example with a window of its own. Lines arrive so fast here that the allowance
/// for late ones would only wait.
fn judge_lines(place: &Place, url: &str, within: &str) -> Ended {
    let suite = include_str!("../../examples/old-log-line/touchdown.yaml");
    let quick = suite.replace("    check: logs.", "    ingestion: 0s\n    check: logs.");
    place.write("touchdown.yaml", &quick);
    let within = format!("WITHIN={within}");
    place.run(&[
        "run",
        "--var",
        &within,
        "--json",
        "r.json",
        "--endpoint-url",
        url,
    ])
}

#[test]
fn old_log_line_is_red_until_new_tasks_write_the_new_one() {
    let aws = Aws::at_speed("old-log-line", 60.0);
    let place = Place::new();
    judge_lines(&place, &aws.url(), "2s").expect_code(1);
    let report = place.json("r.json");
    let red = ["no-old-line: failed", "new-line: failed"];
    assert_eq!(verdicts(&report), red);
    let line = "`Parsing final buffered content: length=18998, platform='linkedin'`";
    let old = format!("wrote the forbidden line {line}");
    assert_tells(&told(&report, "no-old-line"), &["failed: task ", &old]);
    let new = told(&report, "new-line");
    assert_tells(&new, &["failed: task ", "which is `broken_when`"]);

    assert_eq!(post(&aws, "/_simulator/actions/fix", "", ""), "200");
    judge_lines(&place, &aws.url(), "5s").expect_code(0);
    let report = place.json("r.json");
    let green = ["no-old-line: passed", "new-line: passed"];
    assert_eq!(verdicts(&report), green);
    let quoted = check(&report, "new-line")["evidence"].to_string();
    let line = "requested_platforms=['linkedin', 'twitter', 'pitch_deck']";
    assert_tells(&quoted, &[line, "task "]);
}

/// The time that a run took to ask is compared with AWS's clock, so that it runs as fast as any other; the
/// rollout is jumped over.
#[test]
fn content_swarm_is_red_until_three_items_come_and_the_new_task_logs_them() {
    let scenario = include_str!("../../simulator/incidents/cached-layers.yaml");
    let slow = "logs: { least_lag: 2s, most_lag: 12s }";
    assert!(scenario.contains(slow));
    let aws = Aws::told(&scenario.replace(slow, "logs: { least_lag: 100ms, most_lag: 400ms }"));
    let place = Place::new();
    let suite = include_str!("../../examples/content-swarm/touchdown.yaml");
    // Lines arrive so fast here that the allowance for late ones would only wait.
    let quick = suite.replace("    check: logs.", "    ingestion: 0s\n    check: logs.");
    place.write("touchdown.yaml", &quick.replace("every: 5s", "every: 1s"));
    let swarm = format!("SWARM={}", aws.url().replace("http", "ws"));
    let run = |within: &str| {
        let variables = ["--var", &swarm, "--var", within];
        let rest = ["--json", "r.json", "--endpoint-url", &aws.url()];
        place.run(&[&["run"], &variables[..], &rest[..]].concat())
    };
    run("WITHIN=1s").expect_code(1);
    let report = place.json("r.json");
    let red = [
        "fresh: passed",
        "digest: passed",
        "generates: failed",
        "logged: skipped",
    ];
    assert_eq!(verdicts(&report), red, "{report:#}");
    let told_of = told(&report, "generates");
    assert_tells(&told_of, &["1 like $.type = \"item\"", "expected 3"]);

    aws.simulator
        .perform("fix")
        .expect("an action of the scenario");
    aws.simulator.advance(Duration::from_secs(600));
    run("WITHIN=10s").expect_code(0);
    let report = place.json("r.json");
    let green = [
        "fresh: passed",
        "digest: passed",
        "generates: passed",
        "logged: passed",
    ];
    assert_eq!(verdicts(&report), green);
    assert_tells(
        &told(&report, "generates"),
        &["with 3 like $.type = \"item\""],
    );
    let asked = check(&report, "generates")["evidence"].to_string();
    let logged = check(&report, "logged")["evidence"].to_string();
    let line = "Requested platforms: ['linkedin', 'twitter', 'pitch_deck'] request_id=";
    assert_tells(&logged, &[line]);
    let (_, behind) = logged.split_once(line).expect("the line");
    let id: String = behind
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    assert!(
        !id.is_empty() && asked.contains(&id),
        "`{id}` was sent: {asked}"
    );
}

/// A command of a README, in its words, and the exit code that is told behind it.
struct Typed {
    words: Vec<String>,
    code: i32,
}

/// What the README of an example says to type, in order.
fn typed(readme: &str) -> Vec<Typed> {
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let typed = |line: &str| {
        let (command, told) = line.split_once(" # exit code ").unwrap_or((line, "0"));
        let words = command.split_whitespace();
        Typed {
            words: words
                .map(|word| word.trim_matches('\'').to_owned())
                .collect(),
            code: told.parse().expect("an exit code"),
        }
    };
    lines.map(typed).collect()
}

/// The simulator as a program, until it is dropped; it may go on to say what it likes.
struct Program {
    process: Child,
    _saying: BufReader<ChildStdout>,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the simulator with the arguments of a README, but on a free port: it and its address.
fn simulator(arguments: &[String]) -> Option<(Program, String)> {
    let beside = Path::new(env!("CARGO_BIN_EXE_touchdown")).with_file_name("touchdown-simulator");
    if !beside.is_file() {
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED examples: the simulator's program is not there\n"
        );
        return None;
    }
    let free = arguments.iter().map(|word| match word.as_str() {
        "4566" => "0",
        other => other,
    });
    let mut process = Command::new(beside)
        .args(free)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let (said, _saying) = read_until(process.stdout.take(), "Serving ");
    let url = said
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    let url = url.expect("an address").to_owned();
    Some((Program { process, _saying }, url))
}

#[test]
fn content_swarm_goes_as_its_readme_says() {
    let commands = typed(include_str!("../../examples/content-swarm/README.md"));
    let first = commands.first().expect("a command");
    let program = ["cargo", "run", "-p", "touchdown-simulator", "--"];
    assert_eq!(first.words[..program.len()], program);
    let Some((_program, url)) = simulator(&first.words[program.len()..]) else {
        return;
    };
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let swarm = format!("SWARM={}", url.replace("http", "ws"));
    for command in &commands[1..] {
        let words = command
            .words
            .iter()
            .map(|word| word.replace("http://127.0.0.1:4566", &url));
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["export", ..] => {}
            ["cargo", "run", "--", ref arguments @ ..] => {
                // The address of the socket is of the same simulator, and its port is another here.
                let mut touchdown = place.touchdown(arguments);
                touchdown.args(["--var", &swarm]).current_dir(root);
                ended(touchdown).expect_code(command.code);
            }
            ["curl", "-X", "POST", address] => {
                let path = address.strip_prefix(&url).expect("the simulator's");
                let status = send(url.trim_start_matches("http://"), path, "", "");
                assert_eq!(status, "200");
            }
            _ => panic!("what is {words:?}?"),
        }
    }
}
