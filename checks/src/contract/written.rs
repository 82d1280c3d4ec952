//! Values that may be written in more than one way: a text or several, a text or a mapping.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::deserialize::AS_WRITTEN;

/// A text, or the mapping that says more than one.
#[derive(Clone, Debug)]
pub(crate) enum Written<T> {
    Text(String),
    Fields(T),
}

/// One text or several; never none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Several<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(AS_WRITTEN, TextOrFields(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(AS_WRITTEN, OneOrList(PhantomData))
    }
}

struct TextOrFields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for TextOrFields<T> {
    type Value = Written<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a mapping")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Written::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Written::Fields)
    }
}

struct OneOrList<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrList<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let one = T::deserialize(de::value::StrDeserializer::new(text))?;
        Ok(Several(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut several = Vec::new();
        while let Some(item) = items.next_element()? {
            several.push(item);
        }
        if several.is_empty() {
            return Err(de::Error::custom("the list is empty"));
        }
        Ok(Several(several))
    }
}

impl<T: JsonSchema> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("TextOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fields = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": "string" }, fields] })
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Several{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Content, Located, read_fields};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        text: Written<Inner>,
        several: Several<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        equals: String,
    }

    fn plain(text: &str) -> Located {
        Located {
            content: Content::Scalar {
                text: text.into(),
                plain: true,
            },
            ..Located::text("")
        }
    }

    fn of(content: Content) -> Located {
        Located {
            content,
            ..Located::text("")
        }
    }

    fn read(text: Located, several: Located) -> Result<Fields, String> {
        let fields = vec![
            (Located::text("text"), text),
            (Located::text("several"), several),
        ];
        read_fields(&of(Content::Map(fields))).map_err(|faults| faults[0].message.clone())
    }

    #[test]
    fn a_text_stays_as_it_was_written_in_either_form() {
        let list = Content::List(vec![plain("1.10"), plain("no")]);
        let read = read(plain("2.50"), of(list)).expect("both");
        assert!(matches!(read.text, Written::Text(text) if text == "2.50"));
        assert_eq!(read.several.0, ["1.10", "no"]);
        let fields = Content::Map(vec![(Located::text("equals"), plain("0123"))]);
        let read = super::tests::read(of(fields), plain("1.0")).expect("both");
        assert!(matches!(read.text, Written::Fields(inner) if inner.equals == "0123"));
        assert_eq!(read.several.0, ["1.0"]);
    }

    #[test]
    fn what_is_neither_is_told() {
        let told = |text: Located, several: Located| read(text, several).err().unwrap_or_default();
        assert_eq!(
            told(of(Content::List(Vec::new())), plain("a")),
            "expected a text or a mapping, found a list"
        );
        assert_eq!(
            told(plain("a"), of(Content::List(Vec::new()))),
            "the list is empty"
        );
        let typo = Content::Map(vec![(Located::text("equal"), plain("1"))]);
        assert_eq!(told(of(typo), plain("a")), "unknown field `equal`");
    }
}
