//! Which targets a fleet is, and what becomes of one that can't be found.

use std::sync::Arc;
use std::time::Duration;

use touchdown::catalog::Catalog;
use touchdown::checks::reads::Connections;
use touchdown::fleet;
use touchdown::plan::Plan;
use touchdown::report::{Report, Verdict};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::{Clock, Fault, FaultKind, Scenario, Simulator};

use super::common::{connections, never};

pub fn fleet_of(services: usize) -> Simulator {
    let scenario = Scenario::fleet(services).expect("a fleet that holds together");
    Simulator::new(scenario, Clock::default()).expect("a simulator")
}

fn suite(targets: &str, checks: &str) -> Suite {
    let text = format!("version: 1\ntargets:\n{targets}checks:\n{checks}");
    let suite = Suite::parse(
        "x.yaml",
        text.as_bytes(),
        &Sources::none(),
        &Catalog::built_in(),
    );
    suite.unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

async fn plan(simulator: &Simulator, targets: &str, checks: &str) -> Plan {
    plan_over(&Arc::new(connections(simulator)), targets, checks).await
}

pub async fn plan_over(connections: &Arc<Connections>, targets: &str, checks: &str) -> Plan {
    let suite = suite(targets, checks);
    let unfound = Plan::of(&suite);
    Plan::of(&fleet::found(suite, &unfound, connections, None).await)
}

async fn judged(simulator: &Simulator, targets: &str, checks: &str) -> Report {
    let connections = Arc::new(connections(simulator));
    let plan = plan_over(&connections, targets, checks).await;
    run(&plan, connections, Options::default(), never(), &mut ()).await
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.checks.iter().map(|check| check.id.as_str()).collect()
}

const GLOB: &str = "  web: { cluster: prod, services: 'prod-000*', region: eu-west-1 }\n";
const FRESH: &str = "  - { check: ecs.digest-running, id: fresh, within: 4m }\n";

#[tokio::test(start_paused = true)]
async fn every_service_that_matches_is_a_target() {
    let simulator = fleet_of(12);
    let plan = plan(&simulator, GLOB, FRESH).await;
    let expected: Vec<String> = (0..10).map(|n| format!("fresh@web/prod-000{n}")).collect();
    assert_eq!(ids(&plan), expected);
    assert_eq!(plan.targets.len(), 10);
    let spec = &plan.targets["web/prod-0003"];
    assert_eq!((&*spec.cluster, &*spec.service), ("prod", "prod-0003"));
    assert_eq!(simulator.count("ecs:ListServices"), 1);
}

#[tokio::test(start_paused = true)]
async fn names_need_no_list_and_nothing_comes_twice() {
    let simulator = fleet_of(12);
    let named = "  web: { cluster: prod, services: [prod-0011, prod-0002], region: eu-west-1 }\n";
    let by_name = plan(&simulator, named, FRESH).await;
    assert_eq!(
        ids(&by_name),
        ["fresh@web/prod-0011", "fresh@web/prod-0002"]
    );
    assert_eq!(simulator.count("ecs:ListServices"), 0);
    let both =
        "  web: { cluster: 'pro?', services: [prod-0011, 'prod-001*'], region: eu-west-1 }\n";
    let both = plan(&simulator, both, FRESH).await;
    assert_eq!(ids(&both), ["fresh@web/prod-0011", "fresh@web/prod-0010"]);
}

#[tokio::test(start_paused = true)]
async fn a_fleet_of_one_is_called_as_a_fleet_of_many() {
    let simulator = fleet_of(1);
    assert_eq!(
        ids(&plan(&simulator, GLOB, FRESH).await),
        ["fresh@web/prod-0000"]
    );
}

#[tokio::test(start_paused = true)]
async fn needs_and_windows_are_of_the_same_service() {
    let checks = format!(
        "{FRESH}  - {{ check: logs.line-seen, id: told, contains: x, since: 'check:fresh' }}\n  \
           - {{ check: http.responds, id: page, url: 'http://x/', needs: ['fresh@web'] }}\n"
    );
    let simulator = fleet_of(3);
    let plan = plan(&simulator, GLOB, &checks).await;
    let check = |id: &str| plan.checks.iter().find(|check| check.id == id).expect(id);
    let needs = |id: &str| -> Vec<&str> {
        let needs = check(id).needs.iter();
        needs.map(|need| plan.checks[*need].id.as_str()).collect()
    };
    assert_eq!(needs("told@web/prod-0001"), ["fresh@web/prod-0001"]);
    assert_eq!(
        check("told@web/prod-0001").follows.as_deref(),
        Some("fresh@web/prod-0001")
    );
    assert_eq!(needs("page").len(), 3, "every service of the fleet");
    let part = plan.only(&["told@web/prod-0002"]).expect("one of them");
    assert_eq!(ids(&part), ["fresh@web/prod-0002", "told@web/prod-0002"]);
}

#[tokio::test(start_paused = true)]
async fn a_glob_without_a_match_is_inconclusive_and_the_rest_is_judged() {
    let simulator = fleet_of(2);
    let targets = "  web: { cluster: prod, services: ['prod-*', 'shop-*'], region: eu-west-1 }\n";
    let report = judged(&simulator, targets, FRESH).await;
    let told: Vec<_> = report
        .checks
        .iter()
        .map(|check| (&*check.id, check.verdict))
        .collect();
    let expected = [
        ("fresh@web/prod-0000", Verdict::Passed),
        ("fresh@web/prod-0001", Verdict::Passed),
        ("fresh@web/shop-*", Verdict::Inconclusive),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        report.checks[2].headline,
        "`shop-*` matches none of the 2 services"
    );
    assert_eq!(report.exit_code, 3);
    assert_eq!(report.targets["web/prod-0001"].service, "prod-0001");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_denied_is_told_at_once() {
    let simulator = fleet_of(2);
    simulator.deny("ecs:ListServices");
    let began = tokio::time::Instant::now();
    let report = judged(&simulator, GLOB, FRESH).await;
    let check = &report.checks[0];
    assert_eq!(
        (&*check.id, check.verdict),
        ("fresh@web/prod-000*", Verdict::Inconclusive)
    );
    assert!(
        check.headline.contains("ecs:ListServices"),
        "{}",
        check.headline
    );
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_asked_for_may_be_of_a_fleet_that_is_not_known() {
    let simulator = fleet_of(2);
    simulator.deny("ecs:ListServices");
    let denied = plan(&simulator, GLOB, FRESH).await;
    let not_looked_up = Plan::of(&suite(GLOB, FRESH));
    for (plan, id) in [(denied, "fresh@web/prod-000*"), (not_looked_up, "fresh")] {
        for asked in ["fresh@web/prod-0001", "f*@web/prod-000?", "fresh"] {
            let part = plan
                .only(&[asked])
                .expect("nobody knows that there is none");
            assert_eq!(ids(&part), [id]);
        }
        for nothing in ["fresh@shop/prod-0001", "gone@web/prod-0001"] {
            plan.only(&[nothing]).expect_err("there is none");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_throttled_is_asked_again_within_the_window() {
    let simulator = fleet_of(2);
    simulator.throttle("ecs:ListServices", Duration::from_secs(20));
    let report = judged(&simulator, GLOB, FRESH).await;
    assert_eq!((report.checks.len(), report.verdict), (2, Verdict::Passed));

    let forever = fleet_of(2);
    forever.fault(Fault::new("ecs:ListServices", FaultKind::Throttled));
    let report = judged(&forever, GLOB, FRESH).await;
    let check = &report.checks[0];
    assert_eq!(
        (report.checks.len(), check.verdict),
        (1, Verdict::Inconclusive)
    );
    assert!(
        check.headline.contains("ThrottlingException"),
        "{}",
        check.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_fleet_outside_of_the_profile_is_not_looked_up() {
    let simulator = fleet_of(2);
    let connections = Arc::new(connections(&simulator));
    let checks = format!(
        "{FRESH}  - {{ check: http.responds, id: page, url: 'http://shop.invalid/' }}\n\
         profiles: {{ smoke: [page], all: ['*'] }}\n"
    );
    let of_profile = async |profile| {
        let suite = suite(GLOB, &checks);
        let unfound = Plan::of_profile(&suite, Some(profile)).expect("a profile");
        fleet::found(suite, &unfound, &connections, None).await
    };
    assert_eq!(of_profile("smoke").await.targets.len(), 0);
    assert!(connections.journal().calls().is_empty());
    assert_eq!(of_profile("all").await.targets.len(), 2);
}

#[test]
fn a_fleet_that_was_not_looked_up_never_passes() {
    let plan = Plan::of(&suite(GLOB, FRESH));
    assert_eq!(ids(&plan), ["fresh"]);
    assert_eq!(
        plan.unfound["web"].headline,
        "the services of `web` were not looked up"
    );
}
