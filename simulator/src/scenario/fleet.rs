//! A fleet: any number of services in one cluster, all deployed just before the story starts.

use super::{Scenario, ScenarioError};

/// How many repositories the fleet's images are in.
const TEAMS: usize = 10;

impl Scenario {
    /// A fleet of so many services, `prod-0000` and on, in the cluster `prod`. Each has two tasks
    /// and a task definition family of its own, and ten teams share a repository each. All were
    /// deployed in the last 40 s, and settle within two minutes. Of each hundred, two are wrong:
    /// the 14th, `prod-0013`, got an image that its platform can't pull, and the 58th,
    /// `prod-0057`, was left out of the deploy.
    pub fn fleet(services: usize) -> Result<Self, ScenarioError> {
        Self::read(&format!("fleet of {services}"), &text(services))
    }
}

/// What became of a service in the deploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deployed {
    Well,
    Unpullable,
    Never,
}

impl Deployed {
    fn of(service: usize) -> Self {
        match service % 100 {
            13 => Self::Unpullable,
            57 => Self::Never,
            _ => Self::Well,
        }
    }

    /// The tag of what it should run now.
    fn tag(self) -> &'static str {
        match self {
            Self::Unpullable => "2.0-arm",
            Self::Well | Self::Never => "2.0",
        }
    }
}

fn text(services: usize) -> String {
    let teams = || 0..TEAMS;
    let each = || 0..services;
    let repositories: String = teams().map(repository).collect();
    let images: String = teams().map(images_of).collect();
    let definitions: String = each().map(definitions_of).collect();
    let made: String = each()
        .map(|number| format!("  s{number}: {{ name: prod-{number:04}, desired: 2 }}\n"))
        .collect();
    let pushed: String = teams().map(pushes).collect();
    let created: String = each()
        .map(|number| deployed(number, "create_service", 1, "2025-10-02T07:00:00Z"))
        .collect();
    let updated: String = each()
        .filter(|number| Deployed::of(*number) != Deployed::Never)
        .map(|number| {
            let after = 30_000 * number / services;
            let (seconds, millis) = (20 + after / 1000, after % 1000);
            let at = format!("2025-11-20T09:29:{seconds}.{millis:03}Z");
            deployed(number, "update_service", 2, &at)
        })
        .collect();
    format!(
        "about: a fleet of {services} services, deployed at the same time
starts_at: 2025-11-20T09:30:00Z
account: \"210987654321\"
region: eu-west-1
cluster: prod
repositories:\n{repositories}images:\n{images}task_definitions:\n{definitions}services:\n{made}history:\n{pushed}{created}{updated}"
    )
}

fn repository(team: usize) -> String {
    format!("  team-{team}: {{ created_at: 2025-06-02T08:00:00Z }}\n")
}

fn pushes(team: usize) -> String {
    let push = |at: &str, name: &str, tag: &str| {
        format!("  - {{ at: {at}, push: {{ image: team-{team}-{name}, tags: [\"{tag}\"] }} }}\n")
    };
    push("2025-10-01T07:01:12Z", "old", "1.0")
        + &push("2025-11-20T09:28:00Z", "new", "2.0")
        + &push("2025-11-20T09:28:05Z", "arm", "2.0-arm")
}

fn deployed(number: usize, step: &str, revision: usize, at: &str) -> String {
    format!(
        "  - {{ at: {at}, {step}: {{ service: s{number}, task_definition: \"prod-{number:04}:{revision}\" }} }}\n"
    )
}

fn images_of(team: usize) -> String {
    let image = |name: &str, platform: &str| {
        format!(
            "  team-{team}-{name}: {{ repository: team-{team}, built_at: 2025-09-30T07:00:00Z, platforms: [{platform}], attestations: true, \
             layers: [{{ made_by: \"FROM alpine:3.22\", content: alpine 3.22.1 }}, {{ made_by: \"COPY app /app\", content: team {team} {name} }}] }}\n"
        )
    };
    image("old", "linux/amd64") + &image("new", "linux/amd64") + &image("arm", "linux/arm64")
}

fn definitions_of(number: usize) -> String {
    let team = number % TEAMS;
    let definition = |revision: usize, tag: &str| {
        format!(
            "  prod-{number:04}:{revision}: {{ registered_at: 2025-10-02T06:00:00Z, containers: [{{ name: app, image: \"team-{team}:{tag}\" }}] }}\n"
        )
    };
    definition(1, "1.0") + &definition(2, Deployed::of(number).tag())
}
