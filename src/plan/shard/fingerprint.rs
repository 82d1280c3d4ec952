//! What tells a plan from others, in whichever process it was made, without giving a secret away.

use std::fmt::Display;

use sha2::{Digest, Sha256};
use touchdown_checks::contract::{Baseline, Content, Located, TargetSpec};

use crate::plan::{Plan, PlannedCheck};
use crate::redact::Redactor;

/// A check's own fields as one text: variables filled in, secrets hidden, keys in alphabetical order.
///
/// A digest of a secret would let anybody try guesses on it. Without them, two plans that differ in a secret
/// alone are the same, as are those of CI jobs that get a token each.
pub(in crate::plan) fn written(fields: &Located, redactor: &Redactor) -> String {
    match &fields.content {
        Content::Scalar { text, plain: true } => format!("={:?}", redactor.clean(text)),
        Content::Scalar { text, plain: false } => format!("{:?}", redactor.clean(text)),
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, redactor)).collect();
            format!("[{}]", items.join(","))
        }
        Content::Map(entries) => {
            let entry = |(key, value): &(Located, Located)| {
                format!("{}:{}", written(key, redactor), written(value, redactor))
            };
            let mut entries: Vec<String> = entries.iter().map(entry).collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(","))
        }
    }
}

impl Plan {
    /// The fingerprint of the plan where it is run with these baselines, whatever their order: of all that
    /// decides what is judged and how, secrets left out. Names for people decide nothing.
    pub(super) fn fingerprint(&self, baselines: &[Baseline]) -> String {
        let mut print = Print {
            digest: Sha256::new(),
            redactor: &self.redactor,
        };
        print.take(&self.suite_name);
        print.take(self.checks.len());
        self.checks.iter().for_each(|check| print.check(check));
        print.take(self.targets.len());
        self.targets.values().for_each(|spec| print.target(spec));
        let told = |one: &Baseline| format!("{} {} {}", one.service, one.deployment, one.taken_at);
        let mut baselines: Vec<String> = baselines.iter().map(told).collect();
        baselines.sort_unstable();
        baselines.iter().for_each(|baseline| print.take(baseline));
        let digits = print.digest.finalize();
        digits.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

struct Print<'p> {
    digest: Sha256,
    redactor: &'p Redactor,
}

impl Print<'_> {
    /// Takes a text in, and a NUL behind it, so that no two lists of texts are alike.
    fn take(&mut self, told: impl Display) {
        self.digest.update(told.to_string());
        self.digest.update([0]);
    }

    /// Takes in a text that a variable may have put a secret into.
    fn take_clean(&mut self, told: &str) {
        let redactor = self.redactor;
        self.take(redactor.clean(told));
    }

    fn stated(&mut self, told: Option<impl Display>) {
        self.take(told.map(|told| told.to_string()).unwrap_or_default());
    }

    fn check(&mut self, check: &PlannedCheck) {
        self.take(&check.id);
        self.take(&check.kind);
        self.stated(check.target.as_ref());
        self.take(&check.fields);
        self.take(check.required);
        for time in [check.within, check.every, check.timeout] {
            self.take(time.as_millis());
        }
        self.stated(check.hold.map(|hold| hold.as_millis()));
        self.stated(check.follows.as_ref());
        self.take(check.needs.len());
        check.needs.iter().for_each(|need| self.take(need));
    }

    fn target(&mut self, spec: &TargetSpec) {
        for name in [&spec.name, &spec.cluster, &spec.service] {
            self.take_clean(name);
        }
        self.take_clean(spec.region.as_deref().unwrap_or_default());
        let image = spec.image.as_ref().map(ToString::to_string);
        self.take_clean(&image.unwrap_or_default());
        self.stated(spec.not_before);
        let containers = spec.containers.iter().flatten();
        self.stated(spec.containers.as_ref().map(Vec::len));
        containers.for_each(|container| self.take_clean(container));
    }
}

#[cfg(test)]
mod tests;
