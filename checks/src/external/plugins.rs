//! Finding a plug-in, and asking it what it is.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{self, Definition};
use crate::contract::Kind;
use crate::exec::{VariableName, Variables, names, not_started, not_told, secrets, set};
use crate::reads::{CommandRequest, Ending, Ran, program_named, programs_named, run_alone};

/// What a plug-in's program is called, before its kind.
const PREFIX: &str = "touchdown-check-";

/// How long a plug-in may take to say what it is.
const DESCRIBING: Duration = Duration::from_secs(5);

/// Where a suite's plug-ins are, and what they get of the environment.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PluginSettings {
    /// The folder that they are in, relative to the suite's file. Those in PATH are found too.
    #[serde(default)]
    pub folder: Option<String>,
    /// Environment variables to set for them.
    #[serde(default)]
    env: Variables,
    /// Environment variables that they get as touchdown has them, by name.
    #[serde(default)]
    pass_env: Vec<VariableName>,
}

impl PluginSettings {
    /// Plug-ins in a folder, without more of the environment than every program gets.
    #[must_use]
    pub fn in_folder(folder: impl Into<String>) -> Self {
        Self {
            folder: Some(folder.into()),
            ..Self::default()
        }
    }
}

/// A plug-in that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Why, in one line.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Unusable {
    pub(super) fn new(why: impl Into<String>) -> Self {
        let hint = "docs/plugins.md tells what a plug-in answers to `--describe`";
        Self {
            why: why.into(),
            hint: Some(hint.into()),
        }
    }
}

/// A plug-in's program, and what it is given.
#[derive(Clone, Debug)]
pub(super) struct Plugin {
    pub kind: String,
    pub path: PathBuf,
    settings: Arc<PluginSettings>,
}

impl Plugin {
    /// What the program is called.
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.kind)
    }

    /// A run of it.
    pub fn request(&self, argument: Option<&str>, within: Duration) -> CommandRequest {
        CommandRequest {
            program: self.path.display().to_string(),
            arguments: argument.map(str::to_owned).into_iter().collect(),
            input: None,
            pass_env: names(&self.settings.pass_env),
            env: set(&self.settings.env),
            folder: PathBuf::new(),
            within,
        }
    }

    pub fn secrets(&self) -> Vec<String> {
        secrets(&self.settings.env, &self.settings.pass_env)
    }
}

/// The plug-ins that a suite can use. Each is asked once what it is.
#[derive(Clone, Default)]
pub struct Plugins {
    folder: Option<PathBuf>,
    settings: Arc<PluginSettings>,
    known: Arc<Mutex<HashMap<String, Result<Kind, Unusable>>>>,
}

impl fmt::Debug for Plugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugins")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Plugins {
    /// Those in PATH, and before them those in the folder of the settings, which counts from `base`.
    #[must_use]
    pub fn of(settings: PluginSettings, base: &Path) -> Self {
        Self {
            folder: settings.folder.as_ref().map(|folder| base.join(folder)),
            settings: Arc::new(settings),
            known: Arc::default(),
        }
    }

    /// The values of their environment that likely are secret.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        secrets(&self.settings.env, &self.settings.pass_env)
    }

    /// The kinds that there are programs for, by their names.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = programs_named(PREFIX, self.folder.as_deref());
        names.retain(|name| is_name(name));
        names
    }

    /// What is to be known of plug-ins by whoever named a kind that is none.
    #[must_use]
    pub fn advice(&self, name: &str) -> Option<String> {
        let program = format!("{PREFIX}{name}");
        if is_name(name) {
            let folder = self.folder.as_ref();
            let folder = folder.map_or("the folder of `plugins:`".to_owned(), |folder| {
                format!("`{}`", folder.display())
            });
            return Some(format!(
                "a plug-in would be the program `{program}`, in {folder} or in PATH"
            ));
        }
        let there = is_name(&format!("a.{name}"))
            && program_named(&program, self.folder.as_deref()).is_some();
        there.then(|| {
            format!("`{program}` is there, but a plug-in's kind says whose it is: `acme.{name}`")
        })
    }

    /// The kind of that name, which its plug-in is asked for; none where there is no such program.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Result<Kind, Unusable>> {
        if !is_name(name) {
            return None;
        }
        let path = program_named(&format!("{PREFIX}{name}"), self.folder.as_deref())?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = known.entry(name.to_owned()).or_insert_with(|| {
            described(Plugin {
                kind: name.to_owned(),
                path,
                settings: Arc::clone(&self.settings),
            })
        });
        Some(kind.clone())
    }
}

/// Whether a kind may be a plug-in's: it says whose it is, and leads to no other folder.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.contains('.') && name.chars().all(fits) && !name.starts_with('.')
}

/// Asks a plug-in what it is.
fn described(plugin: Plugin) -> Result<Kind, Unusable> {
    let name = plugin.name();
    let ran = run_alone(&plugin.request(Some("--describe"), DESCRIBING));
    let ran = ran.map_err(|error| {
        let unobserved = not_started(&name, &error);
        Unusable {
            why: unobserved.headline,
            hint: unobserved.hint,
        }
    })?;
    if let Some(why) = failed(&name, &ran) {
        return Err(Unusable::new(why));
    }
    let description = definition::read(&plugin, &ran.stdout.text)?;
    let forbids = description.forbids;
    let (looks_at_target, actions) = (description.looks_at_target, description.actions());
    let definition = Arc::new(Definition::of(Arc::new(plugin), description)?);
    let kind = definition.name().to_owned();
    let mut kind = Kind::elsewhere(kind, looks_at_target, actions, definition);
    kind.forbids = forbids;
    Ok(kind)
}

/// How its end shows that it did not describe itself.
fn failed(name: &str, ran: &Ran) -> Option<String> {
    let called = format!("{name} --describe");
    if let Some(finding) = not_told(&called, ran.ending, DESCRIBING) {
        return Some(finding.headline);
    }
    let last = ran.stderr.text.lines().last().unwrap_or("nothing");
    match ran.ending {
        Ending::Code(0) if ran.stdout.omitted > 0 => {
            Some(format!("`{called}` printed more than 1 MiB"))
        }
        Ending::Code(0) => None,
        Ending::Code(code) => Some(format!("`{called}` exited with {code}, and said: {last}")),
        _ => None,
    }
}
