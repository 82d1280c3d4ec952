//! Checkups from literal facts.

use serde_json::json;

use super::*;
use crate::report::fixtures::{at, check, report};
use crate::report::terminal::Style;

fn checkup() -> Checkup {
    Checkup {
        suite: "shop, after deploy".into(),
        identity: Some(Identity {
            caller: Ok(Caller {
                account: "210987654321".into(),
                arn: "arn:aws:sts::210987654321:assumed-role/deploy/ci".into(),
            }),
            region: Ok("eu-west-1".into()),
            expires: Ok(Some(at("23:56:00"))),
        }),
        at: at("23:46:00"),
        longest: Duration::from_secs(300),
        targets: BTreeMap::from([("shop".into(), Ok("prod/shop in eu-west-1, shop:4".into()))]),
        actions: BTreeMap::from([
            ("ecr:BatchGetImage", Standing::NotTried),
            ("ecs:DescribeTasks", Standing::Allowed),
        ]),
        policy: json!({ "Version": "2012-10-17", "Statement": [] }),
    }
}

fn told(checkup: &Checkup) -> String {
    render(checkup, &Style::FILE)
}

#[test]
fn what_is_there_is_told_line_by_line() {
    let checkup = checkup();
    assert_eq!(checkup.verdict(), Verdict::Passed);
    let told = told(&checkup);
    for part in [
        "READY  shop, after deploy: nothing is missing\n",
        "  ✔ account      210987654321\n",
        "  ✔ credentials  expire in 10m, at 23:56:00 UTC; the suite takes 5m at most\n",
        "  ✔ shop  prod/shop in eu-west-1, shop:4\n",
        "  - ecr:BatchGetImage  not tried: this look did not need it, another one may\n",
        "  ✔ ecs:DescribeTasks  allowed\n",
        "\n{\n  \"Version\": \"2012-10-17\",\n",
    ] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
}

#[test]
fn credentials_that_expire_meanwhile_are_told() {
    let checkup = Checkup {
        longest: Duration::from_secs(900),
        ..checkup()
    };
    assert_eq!(checkup.verdict(), Verdict::Inconclusive);
    let told = told(&checkup);
    let part = "✖ credentials  expire in 10m, at 23:56:00 UTC, and the suite may take 15m\n";
    assert!(
        told.starts_with("NOT READY") && told.contains(part),
        "{told}"
    );
    let mut silent = checkup;
    if let Some(who) = &mut silent.identity {
        who.expires = Ok(None);
    }
    assert_eq!(silent.verdict(), Verdict::Passed);
}

#[test]
fn a_refusal_leaves_what_comes_after_it_unknown() {
    let mut checkup = checkup();
    let denied = Standing::Denied("ecs:DescribeTasks was denied".into());
    checkup.actions.insert("ecs:DescribeTasks", denied);
    assert_eq!(checkup.verdict(), Verdict::Inconclusive);
    let told = told(&checkup);
    assert!(
        told.contains("✖ ecs:DescribeTasks  ecs:DescribeTasks was denied\n"),
        "{told}"
    );
    assert!(
        told.contains("? ecr:BatchGetImage  not tried: the looks did not come so far\n"),
        "{told}"
    );
}

#[test]
fn outside_text_stays_text() {
    let mut checkup = checkup();
    let hostile = crate::report::fixtures::HOSTILE;
    checkup.suite = hostile.into();
    checkup.targets = BTreeMap::from([(
        "shop".into(),
        Err(Unobserved::lasting(hostile).hint(hostile)),
    )]);
    checkup.policy = json!({ "Resource": hostile });
    let told = told(&checkup);
    assert!(
        !told.contains('\u{1b}') && !told.contains("\n::error"),
        "{told}"
    );
}

#[test]
fn the_journal_tells_what_became_of_an_action() {
    let refused = check("a", "k", Verdict::Inconclusive, "c:Get on x was denied");
    let report = report(vec![refused]);
    let of = |tally: Tally| standing("c:Get", Some(&tally), &report);
    let codes = |code: &str| BTreeMap::from([(code.to_owned(), 1)]);
    let answered = Tally {
        count: 3,
        failed: 1,
        codes: codes("ServerException"),
        ..Tally::default()
    };
    assert_eq!(of(answered), Standing::Allowed);
    let partly = Tally {
        count: 3,
        failed: 1,
        codes: codes("AccessDeniedException"),
        ..Tally::default()
    };
    assert_eq!(of(partly), Standing::Denied("c:Get on x was denied".into()));
    let silent = Tally {
        count: 1,
        failed: 1,
        ..Tally::default()
    };
    assert_eq!(
        standing("c:List", Some(&silent), &report),
        Standing::Failed("no answer came".into())
    );
    assert_eq!(standing("c:Get", None, &report), Standing::NotTried);
}
