//! Shards are a partition of the plan, and a stable one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::suite::{Sources, Suite};

fn plan(suite: &str) -> Plan {
    let sources = Sources::new([], |_| None);
    let suite = Suite::parse("x.yaml", suite.as_bytes(), &sources, &Catalog::built_in());
    Plan::of(&suite.unwrap_or_else(|errors| panic!("{errors}")))
}

fn shards(plan: &Plan, of: u32) -> Vec<Plan> {
    let shard = |index| format!("{index}/{of}").parse().expect("a shard");
    (1..=of)
        .map(|index| plan.shard(shard(index), &[]))
        .collect()
}

fn share(plan: &Plan) -> &Share {
    plan.share.as_ref().expect("a share")
}

/// The number of the shard that has the target.
fn home(plan: &Plan, target: &str, of: u32) -> u32 {
    let shards = shards(plan, of);
    let mut having = shards
        .iter()
        .filter(|part| part.targets.contains_key(target));
    let home = share(having.next().expect("a home")).shard.index();
    assert!(having.next().is_none(), "{target} has two homes");
    home
}

fn fleet(services: &[&str]) -> Plan {
    let targets = services.iter().fold(String::new(), |mut text, service| {
        let _ = writeln!(text, "  {service}: {{ cluster: c, service: {service} }}");
        text
    });
    plan(&format!(
        "version: 1\ntargets:\n{targets}checks:\n  - {{ id: fresh, check: ecs.digest-running }}\n  \
         - {{ id: calm, check: ecs.stable, hold: 1m, needs: [fresh] }}\n"
    ))
}

#[test]
fn a_shard_is_written_as_two_numbers() {
    let shard: Shard = "2/8".parse().expect("a shard");
    assert_eq!((shard.index(), shard.of().get()), (2, 8));
    assert_eq!(shard.to_string(), "2/8");
    for (text, told) in [
        ("0/4", "there is no shard 0 of 4: they count from 1 to 4"),
        ("5/4", "there is no shard 5 of 4: they count from 1 to 4"),
        (
            "1/0",
            "there is no shard 1 of 0: there must be one at least",
        ),
        ("2/1", "there is no shard 2 of 1: the only one is 1/1"),
    ] {
        let refused = text.parse::<Shard>().expect_err(text);
        assert_eq!(refused.to_string(), told);
    }
    for text in [
        "",
        "/",
        "1",
        "a/b",
        "1/",
        "/2",
        "+1/2",
        "-1/2",
        "1/2/3",
        "1 / 2",
        "1/99999999999",
    ] {
        assert_eq!(text.parse::<Shard>(), Err(NoShard::NotTwoNumbers), "{text}");
    }
}

/// `printf %s web | sha256sum` begins with 4b5e57f6eb2f42b9, which leaves 1 when divided by 8.
#[test]
fn anybody_can_tell_where_a_target_goes() {
    assert_eq!(home(&fleet(&["web", "api"]), "web", 8), 2);
}

#[test]
fn a_service_more_moves_none_of_the_others() {
    let names: Vec<String> = (0..200).map(|number| format!("s{number:03}")).collect();
    let mut services: Vec<&str> = names.iter().map(String::as_str).collect();
    let before = shards(&fleet(&services), 7);
    services.insert(0, "a-new-one");
    let after = shards(&fleet(&services), 7);
    for (before, after) in before.iter().zip(&after) {
        let mut after = after.targets.clone();
        after.remove("a-new-one");
        assert_eq!(before.targets, after);
        // 200 of 7: about 29.
        assert!((15..=45).contains(&before.targets.len()));
    }
}

#[test]
fn shares_of_one_plan_are_known_by_it() {
    let web = fleet(&["web", "api"]);
    let of = |plan: &Plan| share(&shards(plan, 2)[0]).fingerprint.clone();
    let parts = shards(&web, 2);
    assert_eq!(share(&parts[0]).fingerprint, share(&parts[1]).fingerprint);
    assert_ne!(of(&web), of(&fleet(&["web"])));
    let mut pinned = web.clone();
    let spec = pinned.targets.get_mut("web").expect("a target");
    spec.image = Some("web:1".parse().expect("an image"));
    assert_ne!(of(&web), of(&pinned), "another image is another question");
}

/// Whoever could not list a fleet's services doesn't know which of them are its own.
#[test]
fn what_was_not_found_is_in_every_shard() {
    let suite = "version: 1\ntargets: { shop: { cluster: c, services: shop-* }, web: { cluster: c, service: web } }\n\
                 checks:\n  - { id: up, check: ecs.digest-running, on: web }\n  \
                 - { id: fresh, check: ecs.digest-running, on: shop, needs: [up] }\n";
    let whole = plan(suite);
    assert_eq!(whole.unfound.len(), 1);
    let mut needed = 0;
    for part in shards(&whole, 5) {
        let last = part.checks.last().expect("a check");
        assert_eq!(last.target.as_deref(), Some("shop"));
        assert!(part.unfound.contains_key("shop") && part.targets.contains_key("shop"));
        let own = share(&part).places.len();
        assert_eq!(
            (part.checks.len(), last.needs.len()),
            if own == 2 { (2, 1) } else { (1, 0) }
        );
        needed += own;
    }
    assert_eq!(needed, 2, "and belongs to one");
}

#[test]
fn what_all_need_keeps_all_together() {
    let gated = plan(
        "version: 1\ntargets: { web: { cluster: c, service: web }, api: { cluster: c, service: api } }\nchecks:\n  \
         - { id: up, check: http.responds, url: 'http://x/' }\n  - { id: fresh, check: ecs.digest-running, needs: [up] }\n",
    );
    let sizes: BTreeSet<usize> = shards(&gated, 9)
        .iter()
        .map(|part| part.checks.len())
        .collect();
    assert_eq!(sizes, BTreeSet::from([0, 3]));
}

/// A suite on some targets; each check is on one, on all or on none, and may need earlier ones.
fn suites() -> impl Strategy<Value = String> {
    let needs = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    let check = (0_u8..3, any::<prop::sample::Index>(), needs);
    (1_usize..6, prop::collection::vec(check, 1..12)).prop_map(|(targets, checks)| {
        let mut text = "version: 1\ntargets:\n".to_owned();
        for target in 0..targets {
            let _ = writeln!(text, "  t{target}: {{ cluster: c, service: s{target} }}");
        }
        text.push_str("checks:\n");
        for (number, (on, target, needs)) in checks.iter().enumerate() {
            let needs: BTreeSet<String> = needs
                .iter()
                .filter(|_| number > 0)
                .map(|need| format!("c{}", need.index(number)))
                .collect();
            let needs: Vec<String> = needs.into_iter().collect();
            let what = match on {
                0 => "check: ecs.digest-running".to_owned(),
                1 => format!("check: ecs.digest-running, on: t{}", target.index(targets)),
                _ => "check: http.responds, url: 'http://x/'".to_owned(),
            };
            let needs = needs.join(", ");
            let _ = writeln!(text, "  - {{ id: c{number}, {what}, needs: [{needs}] }}");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_check_is_in_one_shard_with_what_it_needs(suite in suites(), of in 1_u32..7) {
        let whole = plan(&suite);
        let mut seen = vec![0; whole.checks.len()];
        let mut homes: BTreeMap<&str, u32> = BTreeMap::new();
        let parts = shards(&whole, of);
        for part in &parts {
            let share = share(part);
            prop_assert_eq!(share.places.len(), part.checks.len());
            prop_assert_eq!(share.whole, whole.checks.len());
            for (&place, check) in share.places.iter().zip(&part.checks) {
                seen[place] += 1;
                let original = &whole.checks[place];
                prop_assert_eq!(&check.id, &original.id);
                let needs = |plan: &Plan, check: &crate::plan::PlannedCheck| -> Vec<String> {
                    check.needs.iter().map(|&need| plan.checks[need].id.clone()).collect()
                };
                prop_assert_eq!(needs(part, check), needs(&whole, original));
            }
            for name in part.targets.keys() {
                prop_assert_eq!(homes.insert(name, share.shard.index()), None, "two homes");
            }
            let all = part.targets.len() + share.elsewhere.len();
            prop_assert_eq!(all, whole.targets.len());
        }
        prop_assert!(seen.iter().all(|times| *times == 1), "{:?}", seen);
    }
}
