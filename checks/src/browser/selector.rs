//! Mistakes of CSS selectors that can be told without a browser, which has the last word.

/// What is wrong with a selector, where that is sure.
pub(super) fn mistake(selector: &str) -> Option<String> {
    let selector = selector.trim();
    let wrong = |why: &str| Some(format!("`{selector}` is no CSS selector: {why}"));
    if selector.trim_start_matches('(').starts_with('/') {
        return wrong("it is an XPath");
    }
    let joins = [',', '>', '+', '~'];
    if let Some(last) = selector.chars().last().filter(|last| joins.contains(last))
        && !selector.ends_with(&format!("\\{last}"))
    {
        return wrong(&format!("nothing follows its last `{last}`"));
    }
    if let Some(first) = selector
        .chars()
        .next()
        .filter(|first| joins.contains(first))
    {
        return wrong(&format!("nothing comes before its first `{first}`"));
    }
    wrong(&unbalanced(selector)?)
}

/// Which bracket has no other, or nothing in it; quotes and what is escaped are no brackets.
fn unbalanced(selector: &str) -> Option<String> {
    let mut open = Vec::new();
    let mut quoted = None;
    let mut chars = selector.chars();
    let mut before = ' ';
    while let Some(next) = chars.next() {
        match (quoted, next) {
            (_, '\\') => drop(chars.next()),
            (Some(quote), _) if quote == next => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(next),
            (None, '[' | '(') => open.push(next),
            (None, ']' | ')') => {
                let opening = if next == ']' { '[' } else { '(' };
                if open.pop() != Some(opening) {
                    return Some(format!("its `{next}` closes nothing"));
                }
                if before == opening {
                    return Some(format!("there is nothing in its `{opening}{next}`"));
                }
            }
            (None, _) => {}
        }
        if !next.is_whitespace() {
            before = next;
        }
    }
    let quote = quoted.map(|quote| format!("its {quote} is never closed"));
    let bracket = open.pop();
    quote.or(bracket.map(|bracket| format!("its `{bracket}` is never closed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_browser_knows_is_told_by_what_is_wrong_with_it() {
        for (selector, told) in [
            ("p[", "its `[` is never closed"),
            ("p[]", "there is nothing in its `[]`"),
            (":not( )", "there is nothing in its `()`"),
            ("p]", "its `]` closes nothing"),
            ("a:not([href)", "its `)` closes nothing"),
            ("[name='x]", "its ' is never closed"),
            ("//div[@id='x']", "it is an XPath"),
            ("(//div)[1]", "it is an XPath"),
            ("ul >", "nothing follows its last `>`"),
            ("a, ", "nothing follows its last `,`"),
            ("> li", "nothing comes before its first `>`"),
        ] {
            let mistake = mistake(selector).unwrap_or_default();
            assert!(mistake.ends_with(told), "{selector}: {mistake}");
        }
    }

    #[test]
    fn what_a_browser_knows_is_left_to_it() {
        for selector in [
            "#entities",
            "ul > li + li ~ li, a",
            "a[href='/x(']",
            "[data-x=\"]\"]",
            ":not(:is(.a, [b]))",
            "li:nth-child(2n+1)",
            r".w-1\/2.md\:p-4\[3px\]",
            r".a\+",
            "*",
        ] {
            assert_eq!(mistake(selector), None, "{selector}");
        }
    }
}
