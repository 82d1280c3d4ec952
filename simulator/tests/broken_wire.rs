//! Faults of the wire, on a real one.

mod support;

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use jiff::SignedDuration;
use touchdown_simulator::{Fault, FaultKind, Served, Simulator};

const CALL: &str = "ecs:ListClusters";

/// The simulator with a fault, and its server.
fn served(call: &str, kind: FaultKind) -> (Simulator, Served) {
    let simulator = support::still("stale-tag");
    let served = simulator.start_on(0).expect("a free port");
    simulator.fault(Fault::new(call, kind));
    (simulator, served)
}

/// What comes back on a new connection until it ends, or nothing has come for a moment.
fn asked(served: &Served) -> (String, io::Result<()>) {
    let mut told = Vec::new();
    let ended = ask(served, &mut told);
    (String::from_utf8_lossy(&told).into_owned(), ended)
}

fn ask(served: &Served, told: &mut Vec<u8>) -> io::Result<()> {
    let mut stream = TcpStream::connect(served.address())?;
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {}\r\nauthorization: any\r\nconnection: close\r\ncontent-length: 2\r\n\
         x-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n\r\n{{}}",
        served.address()
    )?;
    stream.read_to_end(told)?;
    Ok(())
}

fn kind_of(ended: io::Result<()>) -> Option<ErrorKind> {
    ended.err().map(|error| error.kind())
}

#[test]
fn a_connection_is_reset() {
    for kind in [FaultKind::Reset, FaultKind::Refused] {
        let (simulator, served) = served(CALL, kind);
        let (told, ended) = asked(&served);
        assert_eq!(
            (told.as_str(), kind_of(ended)),
            ("", Some(ErrorKind::ConnectionReset)),
            "{kind:?}"
        );
        let recorded = simulator.requests();
        let errors: Vec<_> = recorded
            .iter()
            .filter_map(|request| request.error.as_deref())
            .collect();
        let expected: &[&str] = if kind == FaultKind::Reset {
            &["reset"]
        } else {
            &[]
        };
        assert_eq!(errors, expected);
    }
}

#[test]
fn nobody_listens_until_the_fault_is_over() {
    let (simulator, served) = served("*", FaultKind::Refused);
    let refused = || {
        matches!(
            kind_of(asked(&served).1),
            Some(ErrorKind::ConnectionRefused)
        )
    };
    let eventually = |wanted: bool| {
        (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            refused() == wanted
        })
    };
    assert!(eventually(true), "the port is closed");
    simulator.end_faults();
    assert!(eventually(false), "the port is open again");
}

#[test]
fn a_hung_answer_never_comes() {
    let (_simulator, served) = served(CALL, FaultKind::Hung);
    let (told, ended) = asked(&served);
    assert_eq!(
        (told.as_str(), kind_of(ended)),
        ("", Some(ErrorKind::WouldBlock))
    );
}

#[test]
fn a_truncated_answer_ends_before_its_length() {
    let (_simulator, served) = served(CALL, FaultKind::Truncated);
    let (told, _) = asked(&served);
    let (head, body) = told.split_once("\r\n\r\n").expect("a head");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(body.len(), length / 2, "{told}");
}

#[test]
fn a_dripping_answer_comes_byte_by_byte() {
    let (simulator, served) = served(CALL, FaultKind::Drip);
    let (told, ended) = asked(&served);
    assert!(
        kind_of(ended) == Some(ErrorKind::WouldBlock),
        "the first byte takes a second: {told}"
    );
    simulator.end_faults();
    let mut quick = Fault::new(CALL, FaultKind::Drip);
    quick.delay = Some(SignedDuration::from_millis(1));
    simulator.fault(quick);
    let (told, ended) = asked(&served);
    assert!(ended.is_ok() && told.ends_with("]}"), "{told}");
}
