//! Serde's errors, with the place of what is wrong.

use std::fmt;

use serde::de::{self, Unexpected};

use super::{Fault, Located, Place, wording};

/// Serde's error with a place.
#[derive(Debug)]
pub(super) struct FieldError {
    pub place: Option<Place>,
    message: String,
    help: Option<String>,
    suggest: Option<(String, &'static [&'static str])>,
    /// The name of the field that is missing, where that is the mistake.
    pub missing: Option<&'static str>,
    /// Whether a key is wrong, whatever its value is.
    of_name: bool,
}

impl FieldError {
    pub fn new(message: String) -> Self {
        Self {
            place: None,
            message,
            help: None,
            suggest: None,
            missing: None,
            of_name: false,
        }
    }

    /// A field that is written with nothing behind it.
    pub fn empty(key: &Located, value: &Located) -> Self {
        let fault = Fault::empty(key, value);
        Self {
            place: Some(fault.place),
            help: fault.help,
            ..Self::new(fault.message)
        }
    }

    /// Keeps the innermost place: the first one that is told.
    pub fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// The error of a key.
    pub fn at_key(self, key: &Located) -> Self {
        Self {
            of_name: true,
            ..self.at(key.place)
        }
    }

    pub fn into_fault(self, place: Place) -> Fault {
        let fault = Fault {
            help: self.help,
            of_name: self.of_name,
            ..Fault::new(place, self.message)
        };
        match self.suggest {
            Some((found, candidates)) => fault.suggest(found, candidates.iter().copied()),
            None => fault,
        }
    }
}

impl std::error::Error for FieldError {}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl de::Error for FieldError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self {
            suggest: Some((field.to_owned(), expected)),
            ..Self::new(format!("unknown field `{field}`"))
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(wording::unfit(found, expected))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(wording::unfit(found, expected))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self {
            suggest: Some((variant.to_owned(), expected)),
            ..Self::new(format!("unknown value `{variant}`"))
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            missing: Some(field),
            ..Self::new(format!("`{field}` is missing"))
        }
    }
}
