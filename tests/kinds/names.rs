//! Names that stand for several addresses: each is asked, or the first that answers.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, ended, told, verdicts};
use crate::server::{Swallowing, closed_port, skipped};

/// The names of the tests, and what they stand for.
const HOSTS: &str = "127.0.0.1 localhost
127.0.0.1 both.test half.test beside.test dual.test
127.0.0.2 both.test
127.0.0.3 half.test
127.0.0.4 beside.test
::1 dual.test
";

/// A command for which these are the names of the machine.
fn with_hosts(hosts: &Path, command: &Command) -> Command {
    const BIND: &str = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    let environment = command.get_envs();
    let mut bound = Command::new("unshare");
    bound
        .args(["--map-root-user", "--mount", "sh", "-c", BIND])
        .arg(hosts)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

/// The report on these checks where names stand for that; none where nobody may say so.
fn report(checks: &str) -> Option<Value> {
    let place = Place::new();
    place.write("hosts", HOSTS);
    let hosts = place.path("hosts");
    let mut asked = Command::new("getent");
    asked.args(["ahosts", "both.test"]);
    let known = with_hosts(&hosts, &asked).output();
    if !known.is_ok_and(|known| String::from_utf8_lossy(&known.stdout).contains("127.0.0.2")) {
        let why = "this machine lets nobody have names of their own (unshare, mount)";
        skipped("names with several addresses", why);
        return None;
    }
    place.write(
        "touchdown.yaml",
        &format!("version: 1\ndefaults: {{ within: 0s, timeout: 20s }}\nchecks:\n{checks}"),
    );
    let touchdown = place.touchdown(&["run", "--json", "r.json"]);
    let run = ended(with_hosts(&hosts, &touchdown));
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{run:#?}");
    Some(place.json("r.json"))
}

/// A server that gives every request the same page, at a free port for 0.
fn pages(address: Ipv4Addr, port: u16) -> u16 {
    let listener = TcpListener::bind((address, port)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let asked = BufReader::new(stream.try_clone().expect("a stream"));
                let head = asked.lines().map_while(Result::ok);
                // Whoever only connects asks for nothing.
                if head.take_while(|line| !line.is_empty()).count() > 0 {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                }
            });
        }
    });
    port
}

#[test]
fn each_address_of_a_name_is_asked() {
    let port = pages(Ipv4Addr::LOCALHOST, 0);
    pages(Ipv4Addr::new(127, 0, 0, 2), port);
    let closed = closed_port();
    let checks = format!(
        "- {{ id: both, check: http.responds, url: 'http://both.test:{port}/', each: address }}
- {{ id: half, check: http.responds, url: 'http://half.test:{port}/', each: address }}
- {{ id: open, check: tcp.refuses, address: 'half.test:{port}' }}
- {{ id: closed, check: tcp.refuses, address: 'half.test:{closed}' }}
- {{ id: none, check: tcp.accepts, address: 'both.test:{port}', ip: 6 }}
"
    );
    let Some(report) = report(&checks) else {
        return;
    };
    assert_eq!(
        verdicts(&report),
        [
            "both: passed",
            "half: failed",
            "open: failed",
            "closed: passed",
            "none: inconclusive"
        ],
        "{report:#}"
    );
    let rows = check(&report, "both")["evidence"].to_string();
    assert_tells(&rows, &["127.0.0.1", "127.0.0.2"]);
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("half", &["127.0.0.3"]);
    says(
        "open",
        &["accepts connections at 127.0.0.1, expected refused"],
    );
    says("closed", &["refuses connections at all of 2 addresses"]);
    says("none", &["it has no address of IPv6"]);
}

#[test]
fn an_address_that_swallows_everything_hides_no_other() {
    let port = pages(Ipv4Addr::LOCALHOST, 0);
    let beside = (Ipv4Addr::new(127, 0, 0, 4), port);
    let _beside = Swallowing::at(beside.into()).expect("a port");
    // Containers often have no IPv6.
    let sixth = Swallowing::at((Ipv6Addr::LOCALHOST, port).into()).ok();
    let mut checks = format!(
        "- {{ id: port, check: tcp.accepts, address: 'beside.test:{port}' }}
- {{ id: page, check: http.responds, url: 'http://beside.test:{port}/' }}
"
    );
    if sixth.is_some() {
        checks += &format!(
            "- {{ id: dual, check: tcp.accepts, address: 'dual.test:{port}' }}
- {{ id: fourth, check: tcp.accepts, address: 'dual.test:{port}', ip: 4 }}
- {{ id: sixth, check: tcp.accepts, address: 'dual.test:{port}', ip: 6, timeout: 500ms }}
"
        );
    }
    let Some(report) = report(&checks) else {
        return;
    };
    let mut expected = vec!["port: passed", "page: passed"];
    if sixth.is_some() {
        expected.extend(["dual: passed", "fourth: passed", "sixth: failed"]);
        let accepted = check(&report, "dual")["evidence"].to_string();
        assert_tells(&accepted, &[&format!("by 127.0.0.1:{port}")]);
        let headline = told(&report, "sixth");
        assert_tells(&headline, &["no connection in time at ::1, within 500ms"]);
    }
    assert_eq!(verdicts(&report), expected, "{report:#}");
}
