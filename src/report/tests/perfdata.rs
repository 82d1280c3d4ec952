//! A plugin's output as a monitoring system reads it, by section 2.6 of the Monitoring Plugins
//! Development Guidelines: text, a bar, `'label'=value[UOM];[warn];[crit];[min];[max]` …

/// One measure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) unit: String,
    pub(crate) least: String,
    pub(crate) most: String,
}

const UNITS: [&str; 11] = ["", "s", "us", "ms", "%", "B", "KB", "MB", "TB", "GB", "c"];

/// The performance data of an output, or what is wrong with it.
pub(crate) fn measures(output: &str) -> Result<Vec<Measure>, String> {
    let line = output.strip_suffix('\n').ok_or("no line end")?;
    if line.contains(char::is_control) {
        return Err("a control character".into());
    }
    let Some((text, data)) = line.split_once('|') else {
        return Ok(Vec::new());
    };
    if text.trim().is_empty() {
        return Err("no text".into());
    }
    let mut rest = data.trim();
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (label, after) = label(rest)?;
        let end = after.find(' ').unwrap_or(after.len());
        all.push(measure(label, &after[..end])?);
        rest = after[end..].trim_start();
    }
    Ok(all)
}

/// A label, in single quotes of which two mean one, or without, up to its `=`.
fn label(text: &str) -> Result<(String, &str), String> {
    let Some(mut rest) = text.strip_prefix('\'') else {
        let (label, rest) = text.split_once('=').ok_or("no `=`")?;
        return match label.contains([' ', '\'']) {
            true => Err(format!("`{label}` needs quotes")),
            false => Ok((label.to_owned(), rest)),
        };
    };
    let mut label = String::new();
    loop {
        let (part, after) = rest.split_once('\'').ok_or("an open quote")?;
        label.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => rest = more,
            None => return Ok((label, after.strip_prefix('=').ok_or("no `=`")?)),
        }
        label.push('\'');
    }
}

fn measure(label: String, text: &str) -> Result<Measure, String> {
    let fields: Vec<&str> = text.split(';').collect();
    let field = |number: usize| fields.get(number).copied().unwrap_or_default();
    let number = |c: char| c.is_ascii_digit() || c == '-' || c == '.';
    let unit = field(0).trim_start_matches(number);
    let value = &field(0)[..field(0).len() - unit.len()];
    let numbers = [value, field(3), field(4)];
    if value.is_empty() || fields.len() > 5 || !UNITS.contains(&unit) {
        return Err(format!("`{text}` is no measure"));
    }
    if numbers.iter().any(|text| !text.chars().all(number)) {
        return Err(format!("`{text}` holds what is no number"));
    }
    Ok(Measure {
        label,
        value: value.to_owned(),
        unit: unit.to_owned(),
        least: field(3).to_owned(),
        most: field(4).to_owned(),
    })
}

#[test]
fn the_reader_reads_what_the_guidelines_show() {
    let read = measures("PING ok - 1|'it''s up'=-0.5s;1;2;0;9 load1=4%\n").expect("measures");
    let labels: Vec<&str> = read.iter().map(|measure| &*measure.label).collect();
    assert_eq!(labels, ["it's up", "load1"]);
    assert_eq!((&*read[0].value, &*read[0].unit), ("-0.5", "s"));
    for bad in [
        "x | a b=1\n",
        "x | 'a=1\n",
        "x | a=1x\n",
        "x | a=\n",
        "x\ny\n",
        "x",
    ] {
        measures(bad).expect_err(bad);
    }
}
