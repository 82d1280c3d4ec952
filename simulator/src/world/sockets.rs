//! What a task does over a WebSocket: it answers what its image's code answers, and logs what that logs.

use serde_json::Value;

use super::{NoPage, World, task::Task};
use crate::scenario::format::{Answer, Socket};

/// A line that a container logged because of something that came from outside.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub task: String,
    pub container: usize,
    /// Milliseconds since the epoch.
    pub at: i64,
    pub line: String,
}

impl World {
    /// The id of the task that opens a WebSocket at a path now, chosen as for a page.
    pub(crate) fn opens_socket(&self, path: &str) -> Result<String, NoPage> {
        let task = self.answering(path, &|task| self.socket_of(task, path).is_some())?;
        match self.socket_of(task, path) {
            Some(_) => Ok(task.id.clone()),
            None => Err(NoPage::NotFound),
        }
    }

    /// What a task sends back for a message, which may also make it log. None where it is gone.
    pub(crate) fn hears(&mut self, task: &str, path: &str, message: &str) -> Option<Vec<String>> {
        let listening = self.tasks.iter().find(|known| known.id == task)?;
        let listening = listening.answers(self.now).then_some(listening)?;
        let (container, socket) = self.socket_of(listening, path)?;
        // What is no JSON has nothing at any pointer.
        let message = serde_json::from_str(message).unwrap_or(Value::Null);
        let answers = socket.answers.iter();
        let answers = answers.flat_map(|answer| answer.to(&message)).collect();
        let said = |line: &String| Said {
            task: task.to_owned(),
            container,
            at: self.now.as_millisecond(),
            line: filled(line, &message, None),
        };
        let lines: Vec<Said> = socket.logs.iter().map(said).collect();
        self.said.extend(lines);
        Some(answers)
    }

    /// The WebSocket at a path of a task, and the number of the container that has it.
    fn socket_of(&self, task: &Task, path: &str) -> Option<(usize, &Socket)> {
        let images = task.pulled.iter().enumerate();
        let mut sockets = images.filter_map(|(container, pulled)| {
            let image = self.document.images.get(pulled.image.as_ref()?)?;
            Some((container, image.sockets.get(path)?))
        });
        sockets.next()
    }
}

impl Answer {
    /// The messages for one that came.
    fn to(&self, message: &Value) -> Vec<String> {
        let Some(pointer) = &self.for_each else {
            return vec![self.text(message, None)];
        };
        let items = message.pointer(pointer).and_then(Value::as_array);
        let items = items
            .into_iter()
            .flatten()
            .take(self.at_most.unwrap_or(usize::MAX));
        items.map(|item| self.text(message, Some(item))).collect()
    }

    fn text(&self, message: &Value, item: Option<&Value>) -> String {
        match (&self.json, &self.text) {
            (Some(json), _) => filled_in(json, message, item).to_string(),
            (None, Some(text)) => filled(text, message, item),
            (None, None) => String::new(),
        }
    }
}

/// A value with every text in it filled.
fn filled_in(value: &Value, message: &Value, item: Option<&Value>) -> Value {
    match value {
        Value::String(text) => Value::String(filled(text, message, item)),
        Value::Array(items) => items
            .iter()
            .map(|part| filled_in(part, message, item))
            .collect(),
        Value::Object(fields) => {
            let filled =
                |(name, part): (&String, &Value)| (name.clone(), filled_in(part, message, item));
            fields.iter().map(filled).collect()
        }
        other => other.clone(),
    }
}

/// A text with what is in its braces: `{item}`, or a JSON pointer into the message.
fn filled(text: &str, message: &Value, item: Option<&Value>) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        whole.push_str(before);
        let Some((name, after)) = behind.split_once('}') else {
            whole.push('{');
            rest = behind;
            continue;
        };
        match name {
            "item" => whole.push_str(&item.map_or("None".to_owned(), written)),
            pointer if pointer.starts_with('/') => {
                let found = message.pointer(pointer);
                whole.push_str(&found.map_or("None".to_owned(), written));
            }
            other => {
                whole.push('{');
                whole.push_str(other);
                whole.push('}');
            }
        }
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// A value as Python's `str` writes it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// A value as Python's `repr` writes it, but for texts with quotes in them.
fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("'{name}': {}", repr(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_filled_with_what_the_message_has() {
        let message = json!({"id": "r-1", "platforms": ["linkedin", "twitter"], "deep": {"n": 3, "on": true}});
        for (text, filled_text) in [
            (
                "Requested platforms: {/platforms} id={/id}",
                "Requested platforms: ['linkedin', 'twitter'] id=r-1",
            ),
            ("{/deep/n} {/deep} {/none}", "3 {'n': 3, 'on': True} None"),
            ("task {task} {", "task {task} {"),
        ] {
            assert_eq!(filled(text, &message, None), filled_text);
        }
    }

    #[test]
    fn each_item_is_answered_up_to_the_most() {
        let answer = |at_most| Answer {
            for_each: Some("/platforms".into()),
            at_most,
            json: Some(json!({"platform": "{item}", "for": "{/id}"})),
            text: None,
        };
        let message = json!({"id": "r-1", "platforms": ["a", "b"]});
        let one = r#"{"platform":"a","for":"r-1"}"#;
        assert_eq!(answer(Some(1)).to(&message), [one]);
        assert_eq!(answer(None).to(&message).len(), 2);
        assert!(answer(None).to(&Value::Null).is_empty());
    }
}
