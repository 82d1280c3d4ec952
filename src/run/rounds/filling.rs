//! Filling in a check's fields with what only a run knows, before its first look.

use touchdown_checks::contract::Configured;

use super::Rounds;
use crate::suite::RUN;

impl Rounds<'_> {
    /// Makes the check anew, whose needs have passed, if its fields wait for values of theirs. What
    /// it holds then may be secret.
    pub(super) fn fill(&mut self, index: usize) {
        let check = &self.plan.checks[index];
        let Some(filling) = &check.filling else {
            return;
        };
        let filled = filling.configured(&|scope, name| {
            if scope == RUN {
                return Some(self.run_id.to_string());
            }
            let source = check.sources.get(scope)?;
            let place = self.places.get(source.as_str())?;
            self.outcomes[*place].saved(name).map(str::to_owned)
        });
        let secrets = Configured::secrets(&*filled);
        if !secrets.is_empty() {
            self.redactor = self.redactor.knowing(secrets);
        }
        self.checks[index] = filled;
    }
}
