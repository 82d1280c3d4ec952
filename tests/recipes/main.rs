//! The recipes in `examples/ci`, rehearsed: what each CI system would run is run, as it is written
//! there, in the order and by the shell of that system, against the simulated AWS.

#[path = "../cli/aws.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod aws;
#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod place;
#[path = "../action/step.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod step;

mod documented;
mod fleets;
mod github;
mod rehearsal;
mod systems;

use place::assert_tells;
use rehearsal::{Deploy, Rehearsal};
use systems::Recipe;

/// Rehearses every recipe that is a list of scripts, side by side: mostly they wait. GitHub's is made
/// of steps, and has its own test.
fn each(judge: impl Fn(&str, &Recipe) + Sync) {
    let recipes = [
        ("GitLab", systems::gitlab()),
        ("Jenkins", systems::jenkins()),
        ("CodeBuild", systems::codebuild()),
        ("Azure", systems::azure()),
    ];
    std::thread::scope(|scope| {
        for (system, recipe) in &recipes {
            scope.spawn(|| judge(system, recipe));
        }
    });
}

#[test]
fn a_deploy_that_went_well_is_green() {
    each(|system, recipe| {
        let rehearsal = Rehearsal::of(Deploy::Works);
        let ended = rehearsal.run(recipe);
        assert_eq!(ended.code, Some(0), "{system}: {ended:#?}");
        rehearsal.assert_reports("passed");
    });
}

#[test]
fn a_deploy_that_did_nothing_is_red_and_its_reports_are_published() {
    each(|system, recipe| {
        let rehearsal = Rehearsal::of(Deploy::DoesNothing);
        let ended = rehearsal.run(recipe);
        assert_eq!(ended.code, Some(1), "{system}: {ended:#?}");
        assert_tells(&ended.stdout, &["✖ deployed"]);
        rehearsal.assert_reports("failed");
        let published = rehearsal.place.path(&recipe.junit);
        assert!(published.exists(), "{system} publishes {}", recipe.junit);
    });
}

/// What each system makes of exit code 3, README.md tells.
#[test]
fn inconclusive_is_not_red() {
    each(|system, recipe| {
        let rehearsal = Rehearsal::of(Deploy::EndsAccess);
        let ended = rehearsal.run(recipe);
        assert_eq!(
            ended.code,
            Some(recipe.inconclusive),
            "{system}: {ended:#?}"
        );
        rehearsal.assert_reports("inconclusive");
        let orange = "##vso[task.complete result=SucceededWithIssues]";
        assert_eq!(ended.stdout.contains(orange), system == "Azure");
    });
}
