//! Metric math, as far as a share needs it: ids, numbers, `+ - * /`, parentheses and `FILL(id, number)`.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter::Peekable,
    str::Chars,
};

use jiff::Timestamp;

use super::data::Points;

/// An expression that was read.
#[derive(Debug, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    Metric(String),
    Fill(String, f64),
    Both(Box<Expression>, char, Box<Expression>),
}

/// An expression nested deeper is refused: it guards the stack.
const DEEPEST: u32 = 32;

impl Expression {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut rest = text.chars().peekable();
        let read = sum(&mut rest, DEEPEST)?;
        match next(&mut rest) {
            None => Ok(read),
            Some(found) => Err(format!("`{found}` is not expected in `{text}`")),
        }
    }

    /// Its value for each period that every metric it names has, or fills.
    pub(super) fn points(&self, series: &BTreeMap<&str, Points>) -> Result<Points, String> {
        let mut named = BTreeSet::new();
        self.names(&mut named);
        if named.is_empty() {
            return Err("it names no metric".to_owned());
        }
        let mut periods = BTreeSet::new();
        for name in named {
            let points = series.get(name);
            let points = points.ok_or_else(|| format!("there is no query `{name}` before it"))?;
            periods.extend(points.keys().copied());
        }
        let value = |at: Timestamp| Some((at, self.at(series, at).filter(|it| it.is_finite())?));
        Ok(periods.into_iter().filter_map(value).collect())
    }

    fn names<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Metric(name) | Self::Fill(name, _) => {
                names.insert(name);
            }
            Self::Both(one, _, other) => {
                one.names(names);
                other.names(names);
            }
        }
    }

    fn at(&self, series: &BTreeMap<&str, Points>, at: Timestamp) -> Option<f64> {
        let point = |name: &String| series.get(name.as_str())?.get(&at).copied();
        Some(match self {
            Self::Number(number) => *number,
            Self::Metric(name) => point(name)?,
            Self::Fill(name, missing) => point(name).unwrap_or(*missing),
            Self::Both(one, operator, other) => {
                let (one, other) = (one.at(series, at)?, other.at(series, at)?);
                match operator {
                    '+' => one + other,
                    '-' => one - other,
                    '*' => one * other,
                    _ => one / other,
                }
            }
        })
    }
}

type Rest<'a> = Peekable<Chars<'a>>;

/// The next character that is not a space.
fn next(rest: &mut Rest<'_>) -> Option<char> {
    while rest
        .next_if(|character| character.is_whitespace())
        .is_some()
    {}
    rest.peek().copied()
}

fn sum(rest: &mut Rest<'_>, deepest: u32) -> Result<Expression, String> {
    chain(rest, ['+', '-'], |rest| {
        chain(rest, ['*', '/'], |rest| operand(rest, deepest))
    })
}

/// Operands joined by operators of one rank, from the left.
fn chain(
    rest: &mut Rest<'_>,
    operators: [char; 2],
    operand: impl Fn(&mut Rest<'_>) -> Result<Expression, String>,
) -> Result<Expression, String> {
    let mut read = operand(rest)?;
    while let Some(operator) = next(rest).filter(|found| operators.contains(found)) {
        rest.next();
        read = Expression::Both(Box::new(read), operator, Box::new(operand(rest)?));
    }
    Ok(read)
}

fn operand(rest: &mut Rest<'_>, deepest: u32) -> Result<Expression, String> {
    let deeper = deepest.checked_sub(1).ok_or("it is nested too deep")?;
    match next(rest) {
        Some('(') => {
            rest.next();
            let read = sum(rest, deeper)?;
            expect(rest, ')')?;
            Ok(read)
        }
        Some(first) if first.is_ascii_digit() || first == '.' => {
            number(rest).map(Expression::Number)
        }
        Some(first) if first.is_ascii_lowercase() => Ok(Expression::Metric(word(rest))),
        Some(first) if first.is_ascii_uppercase() => function(rest),
        Some(found) => Err(format!("`{found}` is not expected")),
        None => Err("it ends too soon".to_owned()),
    }
}

fn function(rest: &mut Rest<'_>) -> Result<Expression, String> {
    let name = word(rest);
    if name != "FILL" {
        return Err(format!(
            "this simulator does not know the function `{name}`"
        ));
    }
    expect(rest, '(')?;
    next(rest);
    let metric = word(rest);
    expect(rest, ',')?;
    next(rest);
    let missing = number(rest)?;
    expect(rest, ')')?;
    Ok(Expression::Fill(metric, missing))
}

fn expect(rest: &mut Rest<'_>, wanted: char) -> Result<(), String> {
    match next(rest) {
        Some(found) if found == wanted => {
            rest.next();
            Ok(())
        }
        _ => Err(format!("`{wanted}` is missing")),
    }
}

fn word(rest: &mut Rest<'_>) -> String {
    let belongs = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    std::iter::from_fn(|| rest.next_if(belongs)).collect()
}

fn number(rest: &mut Rest<'_>) -> Result<f64, String> {
    let belongs = |character: &char| character.is_ascii_digit() || *character == '.';
    let text: String = std::iter::from_fn(|| rest.next_if(belongs)).collect();
    text.parse()
        .map_err(|_| format!("`{text}` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn value(expression: &str) -> Result<Vec<f64>, String> {
        let errors = Points::from([(at(60), 3.0)]);
        let requests = Points::from([(at(0), 10.0), (at(60), 12.0), (at(120), 0.0)]);
        let series = BTreeMap::from([("e", errors), ("r", requests)]);
        let points = Expression::read(expression)?.points(&series)?;
        Ok(points.into_values().collect())
    }

    #[test]
    fn a_share_is_computed_where_every_metric_has_a_point() {
        assert_eq!(value("e/r*100"), Ok(vec![25.0]));
        assert_eq!(value("100 * (e + 3) / r"), Ok(vec![50.0]));
        assert_eq!(value("r - 2 - 1"), Ok(vec![7.0, 9.0, -3.0]));
    }

    #[test]
    fn what_is_missing_can_be_filled_and_nothing_is_divided_by_zero() {
        assert_eq!(value("FILL(e, 0) / r * 100"), Ok(vec![0.0, 25.0]));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (expression, why) in [
            ("SEARCH('x')", "does not know the function `SEARCH`"),
            ("a/r", "no query `a`"),
            ("e/", "ends too soon"),
            ("e r", "`r` is not expected"),
            ("(e", "`)` is missing"),
            ("1 + 2", "names no metric"),
        ] {
            let told = value(expression).expect_err("it is refused");
            assert!(told.contains(why), "{expression}: {told}");
        }
        assert!(value(&"(".repeat(100)).is_err());
    }
}
