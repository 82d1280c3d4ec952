//! A place in which a recipe can be run: the simulated AWS, a `deploy.sh`, and stand-ins for what
//! would need the network.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::aws::Aws;
use crate::place::{Ended, Place, ended, text};
use crate::step::ROOT;
use crate::systems::Recipe;

/// A rollout of minutes takes seconds.
const SPEED: f64 = 60.0;

/// A clone of the repository, as far as it is used: `install.sh`.
const GIT: &str = "#!/bin/sh
for folder; do :; done
mkdir \"$folder\" && cp \"$REPOSITORY_ROOT/install.sh\" \"$folder\"
";

/// A build that has been done already.
const CARGO: &str = "#!/bin/sh
while [ \"$1\" != --root ]; do shift; done
mkdir -p \"$2/bin\" && cp \"$BUILT\" \"$2/bin/touchdown\"
";

/// What a pipeline's deploy does.
#[derive(Clone, Copy, Debug)]
pub enum Deploy {
    Works,
    DoesNothing,
    /// From then on AWS denies to tell of tasks.
    EndsAccess,
}

impl Deploy {
    fn script(self) -> &'static str {
        match self {
            Self::Works => "post actions/deploy-again",
            Self::DoesNothing => ":",
            Self::EndsAccess => {
                "post faults --data '{\"call\": \"ecs:DescribeTasks\", \"fault\": \"denied\"}'"
            }
        }
    }

    /// How long touchdown may wait. A machine under load must not make a deploy that works red; one
    /// that did nothing is waited for in vain.
    pub fn within(self) -> &'static str {
        match self {
            Self::Works | Self::EndsAccess => "30s",
            Self::DoesNothing => "3s",
        }
    }
}

/// A recipe's place.
pub struct Rehearsal {
    pub place: Place,
    pub aws: Aws,
    deploy: Deploy,
}

impl Rehearsal {
    pub fn of(deploy: Deploy) -> Self {
        let place = Place::new();
        let suite = Path::new(ROOT).join("examples/ci/touchdown.yaml");
        std::fs::copy(suite, place.path("touchdown.yaml")).expect("the suite of the recipes");
        program(&place.home().join("git"), GIT);
        program(&place.home().join("cargo"), CARGO);
        let post = "post() { path=$1; shift; curl --fail --silent -X POST \"$@\" \"$AWS_ENDPOINT_URL/_simulator/$path\"; }";
        let script = format!("#!/bin/sh\n{post}\n{}\n", deploy.script());
        program(&place.path("deploy.sh"), &script);
        Self {
            place,
            aws: Aws::at_speed("healthy", SPEED),
            deploy,
        }
    }

    /// Runs the scripts one after the other, as long as they go well.
    pub fn run(&self, recipe: &Recipe) -> Ended {
        let began = Instant::now();
        let mut all = Ended {
            code: None,
            stdout: String::new(),
            stderr: String::new(),
            took: Duration::ZERO,
        };
        for script in &recipe.scripts {
            let mut command = Command::new(recipe.shell[0]);
            command
                .args(&recipe.shell[1..])
                .arg("-c")
                .arg(script)
                .envs(&recipe.variables);
            let ended = ended(self.prepare(command));
            all.stdout += &ended.stdout;
            all.stderr += &ended.stderr;
            all.code = ended.code;
            if all.code != Some(0) {
                break;
            }
        }
        Ended {
            took: began.elapsed(),
            ..all
        }
    }

    /// The command in this place, with its environment beside what was set already.
    pub fn prepare(&self, mut command: Command) -> Command {
        let path = std::env::var("PATH").expect("a path");
        let set: Vec<_> = command
            .get_envs()
            .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
            .collect();
        let environment = self.place.touchdown(&[]);
        command.env_clear();
        command
            .current_dir(self.place.path(""))
            .envs(
                environment
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("PATH", format!("{}:{path}", self.place.home().display()))
            .env("AWS_ENDPOINT_URL", self.aws.url())
            .env("AWS_REGION", "eu-west-1")
            .env("REPOSITORY_ROOT", ROOT)
            .env("BUILT", env!("CARGO_BIN_EXE_touchdown"))
            .env("WITHIN", self.deploy.within())
            .env("HOLD", "1s")
            .envs(
                set.into_iter()
                    .filter_map(|(name, value)| Some((name, value?))),
            );
        command
    }

    /// Asserts that every report was left, with this verdict.
    #[track_caller]
    pub fn assert_reports(&self, verdict: &str) {
        assert_eq!(
            text(&self.place.json("touchdown-report/touchdown.json")["verdict"]),
            verdict
        );
        for name in ["touchdown.xml", "touchdown.html", "touchdown.md"] {
            assert!(
                !self
                    .place
                    .read(&format!("touchdown-report/{name}"))
                    .is_empty()
            );
        }
    }
}

fn program(path: &Path, script: &str) {
    std::fs::write(path, script).expect("a program");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
}
