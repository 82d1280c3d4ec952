//! What nothing that we write may hold, whatever we read: commands for a CI system or for a terminal.

/// Fails where a text, shown in the log of a job or on a terminal, would act.
pub(crate) fn assert_plain(text: &str) {
    assert_visible(text);
    assert_no_commands(text);
}

/// Fails where a terminal would obey a text.
pub(crate) fn assert_visible(text: &str) {
    let acts = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(acts), "a control character in {text:?}");
}

/// Fails where GitHub or Azure would obey a line: `::name::`, `##[name]`, `##vso[…]`.
pub(crate) fn assert_no_commands(text: &str) {
    for line in text.split(['\n', '\r']) {
        let begins = line.trim_start().strip_prefix("::");
        let begins = begins.and_then(|rest| rest.split_once("::"));
        assert!(begins.is_none_or(|(name, _)| name.is_empty()), "{line:?}");
        let hashed = line.match_indices("##").any(|(at, _)| {
            let word = line[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            word.strip_prefix('[')
                .is_some_and(|rest| rest.contains(']'))
        });
        assert!(!hashed, "{line:?}");
    }
}
