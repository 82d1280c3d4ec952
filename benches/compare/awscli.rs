//! One `touchdown confirm`, the whole chain from the push to the load balancer, beside one
//! `aws ecs describe-services`, which tells how many tasks run.

use std::path::Path;

use touchdown_simulator::{Clock, Scenario, Simulator};

use crate::figures::{Failure, say};
use crate::program::{Contender, against, memories, quiet, times, turn_by_turn};

const TURNS: usize = 21;

/// touchdown is to take no more than this share of the time.
const BAR: f64 = 0.1;

pub fn compare(touchdown: &Path, aws: &Path) -> Result<(), Failure> {
    let scenario = Scenario::named("healthy")?;
    let (cluster, region) = (scenario.cluster().to_owned(), scenario.region().to_owned());
    let service = scenario.services()[0].to_owned();
    let simulator = Simulator::new(scenario, Clock::at_speed(1.0))?;
    let served = simulator.start_on(0)?;
    let mut confirm = against(touchdown, &served.url(), &region);
    confirm.args(["confirm", &format!("{cluster}/{service}")]);
    let mut describe = against(aws, &served.url(), &region);
    describe.args(["ecs", "describe-services"]);
    describe.args(["--cluster", &cluster, "--services", &service]);
    let mut version = against(aws, &served.url(), &region);
    version.arg("--version");
    let mut contenders = [
        ("`touchdown confirm`", confirm),
        ("`aws ecs describe-services`", describe),
        ("`aws --version`, which asks nothing", version),
    ]
    .map(|(name, mut command)| {
        quiet(&mut command);
        Contender {
            name: name.to_owned(),
            command,
        }
    });
    let runs = turn_by_turn(&mut contenders, TURNS)?;
    say(&format!(
        "{TURNS} runs each; median (least to most)\n\n| | from start to exit, ms | peak memory, MB |\n|---|---|---|"
    ));
    for (contender, runs) in contenders.iter().zip(&runs) {
        let row = (times(runs), memories(runs));
        say(&format!("| {} | {} | {} |", contender.name, row.0, row.1));
    }
    let share = times(&runs[0]).median() / times(&runs[1]).median();
    say(&format!(
        "\ntouchdown takes {share:.3} of the time; the bar is {BAR}: {}",
        if share <= BAR { "kept" } else { "NOT KEPT" }
    ));
    Ok(())
}
