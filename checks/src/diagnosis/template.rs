//! Sentences with gaps: `container {container} exited with {code}[: {last_line}]`.

/// Fills the gaps of `template`: `{name}` becomes what `part` knows by that name, `{one|other}`
/// the first that is known, where `'text'` stands for itself, and what stands in `[…]` is left out where a part in it is not
/// known. A gap outside of brackets that nothing is known for stays as `…`.
pub(super) fn fill(template: &str, part: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    for (text, optional) in pieces(template) {
        match gaps(text, &part) {
            (sentence, true) => filled.push_str(&sentence),
            (sentence, false) if !optional => filled.push_str(&sentence),
            _ => {}
        }
    }
    filled
}

/// The template cut at its brackets; true marks what stood in them. Brackets don't nest.
fn pieces(template: &str) -> impl Iterator<Item = (&str, bool)> {
    template.split('[').enumerate().flat_map(|(number, piece)| {
        let (inside, outside) = match piece.split_once(']') {
            Some((inside, outside)) if number > 0 => (inside, outside),
            _ => ("", piece),
        };
        [(inside, true), (outside, false)]
    })
}

/// The text with its gaps filled, and whether all could be.
fn gaps(text: &str, part: &impl Fn(&str) -> Option<String>) -> (String, bool) {
    let (mut filled, mut complete) = (String::new(), true);
    for (number, piece) in text.split('{').enumerate() {
        let (names, rest) = match piece.split_once('}') {
            Some((names, rest)) if number > 0 => (names, rest),
            _ => {
                filled.push_str(piece);
                continue;
            }
        };
        if let Some(known) = names
            .split('|')
            .find_map(|name| literal(name).or_else(|| part(name)))
        {
            filled.push_str(&known);
        } else {
            filled.push('…');
            complete = false;
        }
        filled.push_str(rest);
    }
    (filled, complete)
}

/// The text between the quotes of `'text'`.
fn literal(name: &str) -> Option<String> {
    let text = name.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(text.to_owned())
}

/// The names of a template's gaps, each with whether it stands in brackets.
#[cfg(test)]
pub(super) fn names(template: &str) -> Vec<(&str, bool)> {
    pieces(template)
        .flat_map(|(text, optional)| {
            let gaps = text.split('{').skip(1);
            gaps.filter_map(move |gap| Some((gap.split_once('}')?.0, optional)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(template: &str) -> String {
        fill(template, |name| {
            let known = [("container", "app"), ("code", "1")];
            let found = known.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_gap_takes_the_first_part_that_is_known() {
        assert_eq!(
            filled("container {name|container} exited with {code}"),
            "container app exited with 1"
        );
        assert_eq!(filled("exited: {line|'no line'}"), "exited: no line");
    }

    #[test]
    fn what_is_in_brackets_needs_its_parts() {
        assert_eq!(filled("exited[ with {code}][: {line}]."), "exited with 1.");
        assert_eq!(filled("exited: {line}"), "exited: …");
    }

    #[test]
    fn names_are_told_with_their_brackets() {
        assert_eq!(names("{a|b}[ {c}]"), [("a|b", false), ("c", true)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What fills a gap is text, whatever it looks like; a template may be anything.
        #[test]
        fn what_fills_a_gap_is_taken_as_it_is(part in "(\\PC|[\\[\\]{}|'\n]){0,20}", template in "([a-z ]|[\\[\\]{}|'])*") {
            let known = |_: &str| Some(part.clone());
            prop_assert_eq!(fill("<{a}> [{b}]", known), format!("<{part}> {part}"));
            fill(&template, known);
        }
    }
}
