//! Where the paths of checks count from: the file that each is written in, wherever touchdown runs.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::place::{Place, assert_tells, told, verdicts};
use crate::secure::Authority;
use crate::server::closed_port;
use crate::web::{Server, answer, write};

/// A file of the suite in a folder, and beside it the files that its checks name: each says which
/// folder it is in, so that another's would not do.
fn file(place: &Place, folder: &str, include: &str, url: &str, port: u16) {
    std::fs::create_dir_all(place.path(folder)).expect("a folder");
    let path = |name: &str| format!("{folder}/{name}");
    place.write(&path("says.sh"), "#!/bin/sh\ncat where.txt\n");
    let executable = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.path(&path("says.sh")), executable).expect("a script");
    place.write(&path("where.txt"), folder);
    let suite = format!(
        "version: 1\n{include}defaults: {{ within: 0s }}\nchecks:\n\
         - {{ id: {folder}-exec, check: exec, command: [./says.sh], expect: {{ stdout: {{ contains: {folder} }} }} }}\n\
         - {{ id: {folder}-shell, check: exec, shell: cat where.txt, expect: {{ stdout: {{ contains: {folder} }} }} }}\n\
         - {{ id: {folder}-body, check: http.responds, url: {url}, method: PUT, body_file: where.txt, expect: {{ body: {{ contains: {folder} }} }} }}\n\
         - {{ id: {folder}-tls, check: tls.valid, address: 'localhost:{port}', ca_file: ca.pem }}\n\
         - {{ id: {folder}-page, check: http.responds, url: 'https://localhost:{port}/', ca_file: ca.pem }}\n"
    );
    place.write(&path("suite.yaml"), &suite);
}

#[test]
fn a_pipe_that_nobody_writes_to_keeps_no_run_from_its_end() {
    let place = Place::new();
    let pipe = Command::new("mkfifo").arg(place.path("pipe")).status();
    assert!(pipe.expect("mkfifo").success());
    let at = format!("127.0.0.1:{}", closed_port());
    place.write(
        "touchdown.yaml",
        &format!(
            "version: 1\ndefaults: {{ within: 0s, timeout: 1s }}\nchecks:\n\
             - {{ id: body, check: http.responds, url: 'http://{at}/', method: PUT, body_file: pipe }}\n\
             - {{ id: ca, check: tls.valid, address: '{at}', ca_file: pipe }}\n"
        ),
    );
    let ended = place.run(&["run", "--json", "r.json"]);
    ended.expect_code(3);
    let report = place.json("r.json");
    for id in ["body", "ca"] {
        assert_tells(&told(&report, id), &["pipe", "it is no regular file"]);
    }
}

#[test]
fn a_path_counts_from_the_file_that_names_it() {
    let echo = Server::start(|asked, stream| {
        let sent = String::from_utf8_lossy(asked.body());
        write(stream, &answer("200 OK", "", &sent));
    });
    let place = Place::new();
    // Each trusts an authority of its own, so that the other's file would not do.
    for (folder, include) in [("inner", ""), ("outer", "include: ../inner/suite.yaml\n")] {
        let authority = Authority::new();
        let port = authority.serve(&["localhost"], 10, &[&rustls::version::TLS13]);
        file(&place, folder, include, &echo.url(), port);
        place.write(&format!("{folder}/ca.pem"), &authority.pem());
    }
    let ended = place.run(&["run", "outer/suite.yaml", "--json", "r.json"]);
    ended.expect_code(0);
    let report = place.json("r.json");
    assert_eq!(verdicts(&report).len(), 10);
}
