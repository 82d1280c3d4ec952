//! What variables become, and what is told of those that can't be filled in.

use super::*;

fn sources() -> Sources {
    let vars = [
        ("HOST", "example.org"),
        ("EMPTY", ""),
        ("TOKEN", "from-var"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Sources::new(vars, |name| match name {
        "HOST" => Some("from-environment".to_owned()),
        "API_TOKEN" => Some("hunter2".to_owned()),
        _ => None,
    })
}

fn filled(text: &str) -> Result<String, String> {
    let sources = sources();
    let mut variables = Variables::new(&sources);
    let mut tree = Located::text(text);
    tree.place.end = text.len();
    variables.fill(&mut tree, text);
    match variables.faults.first() {
        Some(fault) => Err(format!("{}: {}", fault.place.start, fault.message)),
        None => Ok(tree.as_text().unwrap_or_default().to_owned()),
    }
}

#[test]
fn fills_in_what_is_set() {
    for (text, expected) in [
        ("https://${HOST}/${EMPTY:-}x", "https://example.org/x"),
        ("${EMPTY:-else}", "else"),
        ("${NOPE:-a:-b}", "a:-b"),
        ("${NOPE:-}", ""),
        ("$.entities", "$.entities"),
        ("^a$", "^a$"),
        ("$HOST", "$HOST"),
        ("$${HOST} costs $$5", "${HOST} costs $$5"),
        ("$$${HOST}", "$${HOST}"),
        ("${HOST}$${HOST}", "example.org${HOST}"),
    ] {
        assert_eq!(filled(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn tells_what_is_not_at_its_place() {
    for (text, expected) in [
        ("a ${NOPE}", "2: the variable `NOPE` is not set"),
        ("a ${EMPTY}", "2: the variable `EMPTY` is empty"),
        ("${HOST} ${", "8: this `${` is never closed"),
        (
            "$${X} ${1}",
            "6: `${1}` is no value: write `${NAME}`, `${NAME:-default}` or `${id.name}`",
        ),
        ("${A:-${B}}", "0: a default can't hold another variable"),
    ] {
        assert_eq!(filled(text), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn remembers_what_looks_secret() {
    let sources = sources();
    let mut variables = Variables::new(&sources);
    let mut tree = Located::text("Bearer ${API_TOKEN} ${DB_PASSWORD:-swordfish} ${HOST}");
    variables.fill(&mut tree, "");
    assert_eq!(variables.secrets, ["from-var", "hunter2", "swordfish"]);
}
