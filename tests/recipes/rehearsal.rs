//! A place in which a recipe can be run: the simulated AWS, a `deploy.sh`, and stand-ins for what
//! would need the network.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

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

/// An AWS CLI, as far as it copies to and from S3: the bucket is the folder `s3`.
const S3: &str = "#!/bin/sh
[ \"$3\" = --recursive ] && flag=-R && shift
here() { case $1 in s3://*) path=${1#s3://*/}; echo \"s3/$path\" ;; *) echo \"$1\" ;; esac }
from=$(here \"$3\") to=$(here \"$4\")
mkdir -p \"$(dirname \"$to\")\" && cp $flag \"$from\" \"$to\"
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
        let place = place_with("touchdown.yaml");
        let post = "post() { path=$1; shift; curl --fail --silent -X POST \"$@\" \"$AWS_ENDPOINT_URL/_simulator/$path\"; }";
        let script = format!("#!/bin/sh\n{post}\n{}\n", deploy.script());
        program(&place.path("deploy.sh"), &script);
        Self {
            place,
            aws: Aws::at_speed("healthy", SPEED),
            deploy,
        }
    }

    /// Of a fleet of so many services that has just been deployed.
    pub fn of_fleet(services: usize) -> Self {
        let place = place_with("fleet.yaml");
        program(&place.home().join("aws"), S3);
        Self {
            place,
            aws: Aws::fleet(services, SPEED),
            deploy: Deploy::Works,
        }
    }

    /// Runs the scripts one after the other, as long as they go well.
    pub fn run(&self, recipe: &Recipe) -> Ended {
        let mut all = Ended {
            code: None,
            stdout: String::new(),
            stderr: String::new(),
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
        all
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

/// A place with a suite of the recipes, and what stands in for the network.
fn place_with(suite: &str) -> Place {
    let place = Place::new();
    let of_recipes = Path::new(ROOT).join("examples/ci").join(suite);
    std::fs::copy(of_recipes, place.path(suite)).expect("the suite of the recipes");
    program(&place.home().join("git"), GIT);
    program(&place.home().join("cargo"), CARGO);
    place
}
