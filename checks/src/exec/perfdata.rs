//! What a monitoring plug-in prints: a line for people, and performance data behind a `|`.
//!
//! The form is that of the Monitoring Plugins Development Guidelines: `'label'=value[UOM];[warn];[crit];[min];[max]`,
//! parted by blanks; a label with blanks stands in quotes, and a quote in it is doubled.

/// What a plug-in printed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The first line, without its performance data.
    pub headline: String,
    /// What was measured.
    pub measured: Vec<Measured>,
}

/// One thing measured: a label, then value, warning, critical, least and most, each empty where it isn't told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Measured {
    pub label: String,
    pub numbers: [String; 5],
}

impl Told {
    /// Takes the output apart. Performance data may follow on each later line behind its first `|`, and goes on
    /// from there to the end.
    pub fn of(output: &str) -> Self {
        let (first, rest) = output.split_once('\n').unwrap_or((output, ""));
        let (headline, data) = first.split_once('|').unwrap_or((first, ""));
        let further = rest.split_once('|').map_or("", |(_, data)| data);
        let measured = [data, further].into_iter().flat_map(measured).collect();
        Self {
            headline: headline.trim().to_owned(),
            measured,
        }
    }
}

/// Whatever is no `label=value` is left out.
fn measured(data: &str) -> Vec<Measured> {
    let mut rest = data.trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (label, behind) = label(rest);
        let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
        let (values, next) = behind.split_at(end);
        if let Some(values) = values.strip_prefix('=').filter(|_| !label.is_empty()) {
            let mut values = values.split(';').map(str::to_owned);
            let numbers = std::array::from_fn(|_| values.next().unwrap_or_default());
            found.push(Measured { label, numbers });
        }
        rest = next.trim_start();
    }
    found
}

/// The label that a text begins with, and what follows it.
fn label(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('\'') else {
        let end = text
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut label = String::new();
    let mut rest = quoted;
    while let Some((part, behind)) = rest.split_once('\'') {
        label.push_str(part);
        match behind.strip_prefix('\'') {
            Some(further) => {
                label.push('\'');
                rest = further;
            }
            None => return (label, behind),
        }
    }
    // The quote has no end.
    (String::new(), "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(output: &str) -> Vec<String> {
        let measured = Told::of(output).measured;
        let row = |one: Measured| format!("{}: {}", one.label, one.numbers.join(","));
        measured.into_iter().map(row).collect()
    }

    #[test]
    fn a_plug_ins_output_is_taken_apart() {
        let http = "HTTP OK: HTTP/1.1 200 OK - 85 bytes in 0.001 second response time \
            |time=0.001108s;;;0.000000;10.000000 size=85B;;;0\n";
        let told = Told::of(http);
        assert_eq!(
            told.headline,
            "HTTP OK: HTTP/1.1 200 OK - 85 bytes in 0.001 second response time"
        );
        assert_eq!(
            rows(http),
            ["time: 0.001108s,,,0.000000,10.000000", "size: 85B,,,0,"]
        );
    }

    #[test]
    fn labels_may_be_quoted_and_data_may_go_on_below() {
        let disks = "DISK OK | 'it''s free'=15MB;20 /=2643MB;5948;5958;0;5968\n\
            / 15272 MB\n/home 69357 MB | /boot=68MB;88;93\n/home=69357MB odd";
        assert_eq!(
            rows(disks),
            [
                "it's free: 15MB,20,,,",
                "/: 2643MB,5948,5958,0,5968",
                "/boot: 68MB,88,93,,",
                "/home: 69357MB,,,,"
            ]
        );
        assert_eq!(rows("OK | 'endless=1"), [""; 0]);
        assert_eq!(Told::of(""), Told::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_output_can_be_taken_apart(output in "[a'=|; \\n\u{e9}]{0,60}") {
            let told = Told::of(&output);
            prop_assert!(told.measured.iter().all(|one| !one.label.is_empty()));
        }
    }
}
