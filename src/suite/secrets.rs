//! The suite's own `secrets`.

use touchdown_checks::contract::{Content, Fault, Located, Place};

use super::variables::Variables;
use super::words::{noun, word};
use crate::redact::SHORTEST;

/// Takes `secrets` out of the suite, and fills in its values. They may use variables of
/// the command line and the environment, and secrets written before them.
pub(super) fn take(root: &mut Located, source: &str, variables: &mut Variables<'_>) -> Vec<Place> {
    let Content::Map(entries) = &mut root.content else {
        return Vec::new();
    };
    let named = |(key, _): &(Located, Located)| key.as_text() == Some("secrets");
    let Some(index) = entries.iter().position(named) else {
        return Vec::new();
    };
    let (_, mut section) = entries.remove(index);
    let Content::Map(secrets) = &mut section.content else {
        if !section.is_nothing() {
            let told = format!(
                "`secrets` maps names to values, and is not {}",
                noun(&section)
            );
            variables.faults.push(Fault::new(section.place, told));
        }
        return vec![section.place];
    };
    let mut values = Vec::new();
    for (key, value) in secrets {
        if !is_reference(value) {
            values.push(value.place);
        }
        variables.collect_all(value, source);
        match named_secret(key, value) {
            Ok((name, _)) if variables.own.contains_key(&name) => {
                let told = format!("the secret `{name}` is given in two files of the suite");
                let fault = Fault::new(key.place, told).help("remove one of the two");
                variables.faults.push(fault);
            }
            Ok((name, text)) => drop(variables.own.insert(name, text)),
            Err(fault) => variables.faults.push(fault),
        }
    }
    values
}

impl Variables<'_> {
    /// Fills in a secret; the variables used in it are secrets themselves, whatever their
    /// names.
    fn collect_all(&mut self, value: &mut Located, source: &str) {
        self.all_secret = true;
        self.fill(value, source);
        self.all_secret = false;
        if self.spoiled.last() != Some(&value.place) {
            let text = value.as_text().unwrap_or_default();
            self.secrets.push(text.to_owned());
        }
    }
}

/// Whether a value is written as one variable and nothing else, which gives nothing away.
fn is_reference(value: &Located) -> bool {
    value.as_text().is_some_and(|text| {
        text.starts_with("${") && text.ends_with('}') && !text[2..].contains(['$', ':'])
    })
}

fn named_secret(key: &Located, value: &Located) -> Result<(String, String), Fault> {
    let name = word(key, "secrets")?.text;
    let fit = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !fit {
        let told =
            format!("`{name}` can't be a variable: only letters, digits and `_` are allowed");
        return Err(Fault::new(key.place, told));
    }
    if value.is_nothing() {
        return Ok((name, String::new()));
    }
    let Some(text) = value.as_text() else {
        let told = format!("the secret `{name}` is a text, not {}", noun(value));
        return Err(Fault::new(value.place, told));
    };
    let length = text.trim().chars().count();
    if (1..SHORTEST).contains(&length) {
        let told = format!("the secret `{name}` is shorter than {SHORTEST} characters");
        return Err(Fault::new(value.place, told).help(
            "so short a text can't be told from others, and so can't be kept out of a report",
        ));
    }
    Ok((name, text.to_owned()))
}

/// Where secrets may stand in a text whose tree is not known: everything behind a
/// `secrets:` on its line, and the lines indented deeper than it.
pub(super) fn suspected(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut within: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let content = line.trim();
        let outside = |depth: usize| {
            !content.is_empty() && indent <= depth && !content.starts_with(['-', '#'])
        };
        within = within.filter(|depth| !outside(*depth));
        let from = match within {
            Some(_) => Some(indent),
            None => after_key(line),
        };
        if let Some(from) = from {
            within.get_or_insert(indent);
            places.push(Place {
                start: start + from,
                end: start + line.trim_end().len().max(from),
            });
        }
        start += line.len();
    }
    places
}

/// The byte behind the colon of a key `secrets`.
fn after_key(line: &str) -> Option<usize> {
    let (name, rest) = line.match_indices("secrets").find_map(|(at, name)| {
        let rest = line[at + name.len()..].trim_start_matches(['"', '\'', ' ']);
        rest.starts_with(':').then_some((at, rest))
    })?;
    let colon = line.len() - rest.len();
    (name < colon).then_some(colon + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspects_what_is_below_the_key() {
        let text = "a: 1\nsecrets:\n  b: xyz\n\n- q\nc: {secrets: uvw}\nd: 2";
        let shown: Vec<&str> = suspected(text)
            .iter()
            .map(|place| &text[place.start..place.end])
            .collect();
        assert_eq!(shown, ["", "b: xyz", "", "- q", " uvw}"]);
    }
}
