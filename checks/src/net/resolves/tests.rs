//! The judge of `dns.resolves`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Content, Source};

type Said = Result<DnsAnswer, DnsError>;

fn judged(more: Value, said: Vec<Said>) -> Finding {
    let mut fields = json!({"host": "shop.example.com"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    let check: Resolves = serde_json::from_value(fields).expect("a check");
    let seen = |(number, value): (usize, Said)| {
        let source = Source {
            call: "DNS A".into(),
            resource: "shop.example.com".into(),
            request_id: None,
        };
        let at = "2025-11-18T23:50:00Z".parse().expect("a time");
        (format!("10.0.0.{number}:53"), Seen { value, source, at })
    };
    let facts = Facts {
        answers: said.into_iter().enumerate().map(seen).collect(),
        within: Duration::from_secs(5),
    };
    check.judge(&Outside, &facts)
}

fn has(records: &[&str]) -> Said {
    let record = |data: &&str| Record {
        name: "shop.example.com".into(),
        kind: "A".into(),
        data: (*data).to_owned(),
        ttl: Duration::from_secs(60),
    };
    Ok(DnsAnswer {
        records: records.iter().map(record).collect(),
        aliases: Vec::new(),
    })
}

#[test]
fn records_are_compared_all_any_or_exactly() {
    for (expect, holds) in [
        (json!({}), true),
        (json!({"all": "10.0.0.7"}), true),
        (json!({"all": ["10.0.0.8", "10.0.0.7"]}), true),
        (json!({"all": ["10.0.0.7", "10.0.0.9"]}), false),
        (json!({"any": ["10.0.0.9", "10.0.0.7"]}), true),
        (json!({"any": "10.0.0.9"}), false),
        (json!({"exact": ["10.0.0.8", "10.0.0.7"]}), true),
        (json!({"exact": "10.0.0.7"}), false),
    ] {
        let finding = judged(expect.clone(), vec![has(&["10.0.0.7", "10.0.0.8"])]);
        let state = if holds { State::Holds } else { State::NotYet };
        assert_eq!(finding.state, state, "{expect}: {}", finding.headline);
    }
    let alias = judged(
        json!({"type": "CNAME", "exact": "LB.example.com."}),
        vec![has(&["lb.example.com"])],
    );
    assert_eq!(alias.state, State::Holds, "names have no case");
    let text = judged(
        json!({"type": "TXT", "exact": "TOKEN"}),
        vec![has(&["token"])],
    );
    assert_eq!(text.state, State::NotYet, "texts have");
}

#[test]
fn all_resolvers_must_tell_it_and_agree() {
    let finding = judged(json!({}), vec![has(&["10.0.0.7"]), has(&["10.0.0.7"])]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Holds,
            "shop.example.com has A 10.0.0.7, as 2 resolvers tell"
        )
    );
    let finding = judged(json!({}), vec![has(&["10.0.0.7"]), has(&["10.0.0.8"])]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "shop.example.com is 10.0.0.7 by 10.0.0.0:53, and 10.0.0.8 by 10.0.0.1:53"
        )
    );
    let finding = judged(
        json!({"any": "10.0.0.7"}),
        vec![has(&["10.0.0.7"]), has(&["10.0.0.8"])],
    );
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .contains("says 10.0.0.1:53, expected 10.0.0.7"),
        "{}",
        finding.headline
    );
    assert_eq!(finding.evidence.len(), 2, "of each resolver");
}

#[test]
fn that_nothing_is_there_is_told_apart_from_that_nobody_tells() {
    for (error, state, told) in [
        (
            DnsError::NoSuchName,
            State::NotYet,
            "does not exist (NXDOMAIN)",
        ),
        (DnsError::NoRecord, State::NotYet, "has no A record"),
        (
            DnsError::Refused("SERVFAIL".into()),
            State::Unobserved,
            "answered SERVFAIL",
        ),
        (
            DnsError::TimedOut,
            State::Unobserved,
            "did not answer within 5s",
        ),
        (
            DnsError::Unasked("no route".into()),
            State::Unobserved,
            "no route",
        ),
    ] {
        let finding = judged(json!({}), vec![Err(error)]);
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(
            finding.headline.contains(told) && finding.hint.is_some(),
            "{}",
            finding.headline
        );
    }
    let one_fails = judged(json!({}), vec![has(&["10.0.0.7"]), Err(DnsError::TimedOut)]);
    assert_eq!(
        one_fails.state,
        State::Unobserved,
        "unknown is never passed"
    );
}

#[test]
fn mistakes_are_told_when_the_suite_is_read() {
    for wrong in [
        json!({"type": "ANY"}),
        json!({"resolvers": ["dns.example.com"]}),
        json!({"resolvers": []}),
    ] {
        let mut fields = json!({"host": "a"});
        fields
            .as_object_mut()
            .expect("a map")
            .extend(wrong.as_object().expect("a map").clone());
        assert!(
            serde_json::from_value::<Resolves>(fields).is_err(),
            "{wrong}"
        );
    }
    let told = |name: &str, fields: &[&str]| -> Vec<String> {
        let check: Resolves = serde_json::from_value(json!({ "host": name })).expect("a check");
        let entries = fields
            .iter()
            .map(|field| (Located::text(*field), Located::text("x")));
        let located = Located {
            content: Content::Map(entries.collect()),
            ..Located::text("")
        };
        let mistakes = check.mistakes(&located);
        mistakes.into_iter().map(|fault| fault.message).collect()
    };
    assert_eq!(
        told("shop", &["absent", "exact"])[0],
        "`all`, `any`, `exact`, `absent` and `code` can't go together"
    );
    assert_eq!(told("shop", &["exact"]), ["`x` is no record of the type A"]);
    assert_eq!(told("shop..test", &[]), ["`shop..test` is no name of DNS"]);
    assert_eq!(
        told("10.0.0.7", &[]),
        ["`10.0.0.7` is an address, not a name"]
    );
    assert_eq!(
        told("https://shop", &[]),
        ["`https://shop` is no name of DNS"]
    );
}

#[test]
fn resolvers_agree_however_they_write_it() {
    let finding = judged(
        json!({"type": "CNAME"}),
        vec![has(&["LB.example.com"]), has(&["lb.example.com"])],
    );
    assert_eq!(finding.state, State::Holds, "{}", finding.headline);
    let finding = judged(
        json!({"type": "AAAA", "exact": "FD00:0:0::7"}),
        vec![has(&["fd00::7"])],
    );
    assert_eq!(finding.state, State::Holds, "{}", finding.headline);
}

#[test]
fn a_wrong_answer_is_told_before_one_that_is_not_known() {
    let said = vec![
        has(&["10.0.0.6"]),
        Err(DnsError::Refused("SERVFAIL".into())),
    ];
    let finding = judged(json!({"exact": "10.0.0.7"}), said);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "shop.example.com has A 10.0.0.6, says 10.0.0.0:53, expected 10.0.0.7 and no other; 1 of 2 resolvers could not tell"
        )
    );
}

#[test]
fn a_name_that_must_be_gone_holds_once_every_resolver_says_so() {
    let absent = || json!({"absent": true});
    for (said, state, headline) in [
        (
            vec![Err(DnsError::NoSuchName)],
            State::Holds,
            "shop.example.com does not exist (NXDOMAIN)",
        ),
        (
            vec![Err(DnsError::NoRecord), Err(DnsError::NoSuchName)],
            State::Holds,
            "shop.example.com has no A record, as 2 resolvers tell",
        ),
        (
            vec![Err(DnsError::NoSuchName), has(&["10.0.0.7"])],
            State::NotYet,
            "shop.example.com has A 10.0.0.7, says 10.0.0.1:53, expected none",
        ),
        (
            vec![Err(DnsError::NoSuchName), Err(DnsError::TimedOut)],
            State::Unobserved,
            "shop.example.com could not be looked up: 10.0.0.1:53 did not answer within 5s",
        ),
    ] {
        let finding = judged(absent(), said);
        assert_eq!(
            (finding.state, finding.headline.as_str()),
            (state, headline)
        );
    }
}

#[test]
fn a_code_is_expected_whatever_the_records_are() {
    let code = |code: &str| json!({ "code": code });
    let refused = || Err(DnsError::Refused("REFUSED".into()));
    for (wanted, said, state, told) in [
        (
            "NXDOMAIN",
            vec![Err(DnsError::NoSuchName), Err(DnsError::NoSuchName)],
            State::Holds,
            "is answered with NXDOMAIN, as 2 resolvers tell",
        ),
        (
            "NXDOMAIN",
            vec![Err(DnsError::NoRecord)],
            State::NotYet,
            "is answered with NOERROR, says 10.0.0.0:53, expected NXDOMAIN",
        ),
        ("REFUSED", vec![refused()], State::Holds, "with REFUSED"),
        (
            "SERVFAIL",
            vec![refused()],
            State::NotYet,
            "with REFUSED, says 10.0.0.0:53, expected SERVFAIL",
        ),
        (
            "NOERROR",
            vec![has(&["10.0.0.7"]), has(&["10.0.0.8"])],
            State::Holds,
            "is answered with NOERROR, as 2 resolvers tell",
        ),
        (
            "REFUSED",
            vec![Err(DnsError::TimedOut)],
            State::Unobserved,
            "did not answer within 5s",
        ),
    ] {
        let finding = judged(code(wanted), said);
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(finding.headline.contains(told), "{}", finding.headline);
    }
}
