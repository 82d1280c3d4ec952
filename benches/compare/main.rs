//! touchdown beside public tools, in one run on one machine, turn by turn.
//!
//! `cargo bench --profile dev --bench compare -- awscli TOUCHDOWN AWS` and its like name what is
//! compared, and the programs. `benches/README.md` says how to install them, and holds figures.

#[path = "../figures/mod.rs"]
mod figures;
#[path = "../memory/mod.rs"]
mod memory;
#[path = "../watched/mod.rs"]
mod watched;

mod awscli;
mod hurl;
mod page;
mod program;
mod waiters;

use std::path::Path;

use figures::Failure;

const USAGE: &str = "cargo bench --profile dev --bench compare -- COMPARISON, one of:
  awscli TOUCHDOWN AWS                  one `confirm` beside one describe-services
  hurl TOUCHDOWN HURL                   a thousand HTTP checks
  waiters TOUCHDOWN AWS ECS DRAWS       time to red and to green, in real time";

fn main() -> Result<(), Failure> {
    let Some(given) = figures::asked() else {
        return Ok(());
    };
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given[..] {
        ["awscli", touchdown, aws] => awscli::compare(Path::new(touchdown), Path::new(aws)),
        ["hurl", touchdown, hurl] => hurl::compare(Path::new(touchdown), Path::new(hurl)),
        ["waiters", touchdown, aws, ecs, draws] => {
            let [touchdown, aws, ecs] = [touchdown, aws, ecs].map(Path::new);
            waiters::compare(touchdown, aws, ecs, draws.parse()?)
        }
        // `cargo bench` without a name runs every bench.
        _ => {
            figures::say(USAGE);
            Ok(())
        }
    }
}
