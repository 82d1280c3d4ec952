//! Numbers of JSON, compared by value and never taken for their neighbours.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// From here on, floats don't tell every whole number from the next.
const ROUNDED: f64 = 9_007_199_254_740_992.0;

/// `1` is `1.0`. Two whole numbers are never compared as floats: beyond 2^53 one float stands for
/// many of them, and an id would be taken for its neighbour. So what was read as such a float, since
/// it has a fraction, an exponent or more than 64 bits, is no number that can be told.
pub(super) fn same(seen: &Number, expected: &Number) -> bool {
    match (whole(seen), whole(expected)) {
        (Some(seen), Some(expected)) => seen == expected,
        (None, None) => !is_rounded(seen) && seen.as_f64() == expected.as_f64(),
        _ => false,
    }
}

/// Which of two numbers is the greater. One that is rounded is told from those that are further away
/// than its neighbours.
pub(super) fn order(seen: &Number, bound: &Number) -> Option<Ordering> {
    match (whole(seen), whole(bound)) {
        (Some(seen), Some(bound)) => Some(seen.cmp(&bound)),
        _ => {
            let order = seen.as_f64()?.partial_cmp(&bound.as_f64()?)?;
            let blurred = is_rounded(seen) || is_rounded(bound);
            Some(order).filter(|order| !blurred || *order != Ordering::Equal)
        }
    }
}

/// Whether it has no fraction, as far as can be told.
pub(super) fn is_whole(number: &Number) -> bool {
    whole(number).is_some()
}

/// The number in a value that can't be told from its neighbours, if there is one.
pub(super) fn rounded(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number).filter(|number| is_rounded(number)),
        Value::Array(items) => items.iter().find_map(rounded),
        Value::Object(fields) => fields.values().find_map(rounded),
        _ => None,
    }
}

fn is_rounded(number: &Number) -> bool {
    number.is_f64() && number.as_f64().is_some_and(|float| float.abs() >= ROUNDED)
}

/// The value of a number without a fraction, where it is known exactly.
fn whole(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from);
    exact.or(number.as_u64().map(i128::from)).or_else(|| {
        let float = number.as_f64().filter(|float| float.abs() < ROUNDED)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is within the bounds")]
        (float.fract() == 0.0).then_some(float as i128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn numbers_are_compared_by_value_and_a_large_one_is_not_its_neighbour() {
        for (seen, expected, is_same) in [
            ("9007199254740993", "9007199254740993", true),
            ("9007199254740993", "9007199254740992", false),
            ("9007199254740993.0", "9007199254740992", false),
            ("18446744073709551615", "18446744073709551615", true),
            ("18446744073709551615", "18446744073709551614", false),
            ("18446744073709551616", "18446744073709551615", false),
            ("18446744073709551617", "18446744073709551616", false),
            ("-9223372036854775808", "-9223372036854775807", false),
            ("-9223372036854775809", "-9223372036854775808", false),
            ("-0.0", "0", true),
            ("1e3", "1000", true),
            ("0.1", "0.1", true),
            ("0.1", "0.2", false),
            ("1e300", "1", false),
        ] {
            let (Value::Number(one), Value::Number(other)) = (value(seen), value(expected)) else {
                panic!("{seen} and {expected} are numbers");
            };
            assert_eq!(same(&one, &other), is_same, "{seen} and {expected}");
        }
    }

    #[test]
    fn what_is_rounded_is_found_at_any_depth() {
        for (text, found) in [
            ("18446744073709551615", false),
            ("18446744073709551616", true),
            ("-9223372036854775809", true),
            ("9007199254740991.0", false),
            ("9007199254740993.0", true),
            ("1e300", true),
            ("0.1", false),
            (r#"{"a": [1, {"b": 1e20}]}"#, true),
            (r#"["18446744073709551616", null, true]"#, false),
        ] {
            assert_eq!(rounded(&value(text)).is_some(), found, "{text}");
        }
    }
}
