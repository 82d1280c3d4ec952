//! What CI systems obey in the output of a job, by their own rules.
//!
//! GitHub's are those of the runner's `ActionCommand` (`TryParseV2` and `TryParse`), Azure's those
//! of the agent's `Command`, GitLab's those of the regular expression for sections. They are read
//! here more broadly than there: any name is a command, known or not.

/// Every command that some CI system would find.
pub(crate) fn commands(output: &str) -> Vec<String> {
    // .NET ends a line at a carriage return too. What logs show may have lost its colours.
    let plain = console::strip_ansi_codes(output);
    let lines = output.split(['\r', '\n']).chain(plain.split(['\r', '\n']));
    let of_line = |line| [of_github(line), of_old(line)].into_iter().flatten();
    let found = lines.flat_map(of_line).map(str::to_owned);
    found.chain(sections(output)).collect()
}

/// `::name key=value::data`, at the start after white space.
fn of_github(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (name, _) = line.strip_prefix("::")?.split_once("::")?;
    (!name.is_empty()).then_some(line)
}

/// `##[name]`, `##vso[area.event]` and `##teamcity[name]`, anywhere.
fn of_old(line: &str) -> Option<&str> {
    let mut starts = line.match_indices('#').map(|(at, _)| &line[at..]);
    starts.find(|rest| {
        let Some(rest) = rest.strip_prefix("##") else {
            return false;
        };
        let word = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        word.strip_prefix('[')
            .is_some_and(|info| info.contains(']'))
    })
}

/// `section_start:time:name`, a return and the code that clears the line.
fn sections(output: &str) -> impl Iterator<Item = String> {
    let marks = output.split("\r\u{1b}[0K");
    let count = marks.clone().count();
    let named = marks.take(count - 1).filter_map(|before| {
        let at = before.rfind("section_")?;
        let mark = &before[at..];
        (!mark.contains(char::is_whitespace)).then(|| mark.to_owned())
    });
    named.collect::<Vec<_>>().into_iter()
}

#[track_caller]
pub(crate) fn assert_no_commands(output: &str) {
    let found = commands(output);
    assert!(found.is_empty(), "{found:?} in\n{output}");
}

#[test]
fn commands_are_found_where_a_runner_finds_them() {
    for (output, count) in [
        ("::error::x", 1),
        (" \u{3000}::error file=a::x", 1),
        ("a\r::error::x", 1),
        ("see ##[error]x", 1),
        ("###[error]x", 1),
        ("##vso[task.complete]x ", 1),
        ("##teamcity[x]", 1),
        ("section_start:1:x[collapsed=true]\r\u{1b}[0Kx", 1),
        ("::error\nx ::error::x", 0),
        ("## [error] #[x] ##vso x]", 0),
        ("section_start:1:x\nx", 0),
        ("", 0),
    ] {
        let found = commands(output);
        // A line is looked at with its colours and without them.
        let lines = if output.starts_with("section") {
            count
        } else {
            2 * count
        };
        assert_eq!(found.len(), lines, "{output:?}: {found:?}");
    }
}
