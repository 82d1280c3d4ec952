//! What a plug-in says of itself: its fields, and how it is to be understood.

use std::fmt::Write as _;
use std::sync::Arc;

use jsonschema::Validator;
use schemars::Schema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::check::ExternalCheck;
use super::object::Object;
use super::plugins::Plugin;
use super::{PROTOCOL, Unusable, faults, schema};
use crate::contract::{self, Configured, Fault, Located, read_fields};
use crate::ecs::Picture;

/// A plug-in's answer to `--describe`. What else it tells is for other versions.
#[derive(Debug, Deserialize)]
pub(super) struct Description {
    protocols: Vec<u64>,
    kind: String,
    summary: String,
    schema: Value,
    example: Value,
    #[serde(default)]
    pub looks_at_target: bool,
    #[serde(default)]
    pub forbids: bool,
}

impl Description {
    /// The IAM actions that the facts of a target come from.
    pub fn actions(&self) -> &'static [&'static str] {
        match self.looks_at_target {
            true => Picture::ACTIONS,
            false => &[],
        }
    }
}

/// Reads the answer, and finds what is wrong in it but for the schema.
pub(super) fn read(plugin: &Plugin, text: &str) -> Result<Description, Unusable> {
    let name = plugin.name();
    let description: Result<Object<Description>, _> = serde_json::from_str(text);
    let Object(description) = description.map_err(|error| {
        Unusable::new(format!(
            "what `{name} --describe` printed is no description: {error}"
        ))
    })?;
    if !description.protocols.contains(&PROTOCOL) {
        return Err(Unusable::new(format!(
            "`{name}` speaks version {:?} of the protocol, and this touchdown version {PROTOCOL}",
            description.protocols
        )));
    }
    if description.kind != plugin.kind {
        return Err(Unusable::new(format!(
            "`{name}` says that it is the kind `{}`",
            description.kind
        )));
    }
    Ok(description)
}

/// A kind as its plug-in defines it.
pub(super) struct Definition {
    plugin: Arc<Plugin>,
    looks_at_target: bool,
    schema: Value,
    validator: Validator,
}

impl Definition {
    /// # Errors
    /// What is wrong with its schema, or with its example, which has to fit.
    pub fn of(plugin: Arc<Plugin>, description: Description) -> Result<Self, Unusable> {
        let name = plugin.name();
        let wrong = |why: String| Unusable::new(format!("the schema of `{name}` {why}"));
        let mut schema = schema::taken(description.schema).map_err(wrong)?;
        let built = jsonschema::draft202012::new(&schema);
        let validator = built.map_err(|error| wrong(format!("is no JSON Schema: {error}")))?;
        if let Some(error) = validator.iter_errors(&description.example).next() {
            let why = format!("refuses the example of `{name}` itself: {error}");
            return Err(Unusable::new(format!("the schema of `{name}` {why}")));
        }
        let told = documentation(&plugin.kind, &description.summary, &description.example);
        schema["description"] = json!(told);
        Ok(Self {
            plugin,
            looks_at_target: description.looks_at_target,
            schema,
            validator,
        })
    }

    pub fn name(&self) -> &str {
        &self.plugin.kind
    }
}

impl contract::Definition for Definition {
    fn schema(&self) -> Schema {
        let mut schema = self.schema.clone();
        schema::lead_into(&mut schema, &format!("#/$defs/{}", self.plugin.kind));
        schema.try_into().unwrap_or_default()
    }

    fn configure(&self, fields: &Located) -> Result<Arc<dyn Configured>, Vec<Fault>> {
        let written: Value = read_fields(fields)?;
        let found = faults::of(&self.validator, &self.schema, &written, fields);
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Arc::new(ExternalCheck {
            plugin: Arc::clone(&self.plugin),
            looks_at_target: self.looks_at_target,
            fields: written,
        }))
    }
}

/// In the form of a doc comment of a kind that is built in.
fn documentation(kind: &str, summary: &str, example: &Value) -> String {
    let mut told = format!("**Asks** {}", summary.trim());
    let _ = write!(told, "\n\nIt is a plug-in: `touchdown-check-{kind}`.");
    let _ = write!(told, "\n\n**Example**\n```yaml\n- check: {kind}\n");
    for (name, value) in example.as_object().into_iter().flatten() {
        // JSON is YAML, too.
        let _ = writeln!(told, "  {name}: {value}");
    }
    told + "```"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plug_in_is_documented_like_any_kind() {
        let told = documentation(
            "acme.x",
            "whether x.",
            &json!({ "urls": ["a: b"], "least": 3 }),
        );
        assert!(told.starts_with("**Asks** whether x.\n\n"), "{told}");
        assert!(
            told.ends_with("```yaml\n- check: acme.x\n  urls: [\"a: b\"]\n  least: 3\n```"),
            "{told}"
        );
    }
}
