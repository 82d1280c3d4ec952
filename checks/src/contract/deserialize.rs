//! Serde's view of located values: YAML 1.2's core schema, with errors that know their place.

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::field_error::FieldError;
use super::plain::{Plain, plain};
use super::{Content, Located};

impl Located {
    fn unexpected(&self) -> Unexpected<'_> {
        match &self.content {
            Content::List(_) => Unexpected::Seq,
            Content::Map(_) => Unexpected::Map,
            Content::Scalar { text, plain: false } => Unexpected::Str(text),
            Content::Scalar { text, plain: true } => match plain(text) {
                Plain::Nothing => Unexpected::Other("nothing"),
                Plain::Bool(value) => Unexpected::Bool(value),
                Plain::Unsigned(value) => Unexpected::Unsigned(value),
                Plain::Signed(value) => Unexpected::Signed(value),
                Plain::Float(value) => Unexpected::Float(value),
                Plain::Text(value) => Unexpected::Str(value),
            },
        }
    }
}

/// The name of the newtype by which a type asks for a text as it was written, or a list or mapping
/// instead: asked for any value, `1.10` would be a number.
pub(super) const AS_WRITTEN: &str = "a text as it was written";

/// A located value as serde's source, and the key that it is written under.
#[derive(Clone, Copy)]
pub(super) struct Node<'de>(pub &'de Located, pub Option<&'de Located>);

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let result = match &self.0.content {
            Content::List(items) => visitor.visit_seq(Items(items.iter())),
            Content::Map(entries) => visitor.visit_map(Entries {
                entries: entries.iter(),
                entry: None,
            }),
            Content::Scalar { text, plain: false } => visitor.visit_borrowed_str(text),
            Content::Scalar { text, plain: true } => match plain(text) {
                Plain::Nothing => visitor.visit_unit(),
                Plain::Bool(value) => visitor.visit_bool(value),
                Plain::Unsigned(value) => visitor.visit_u64(value),
                Plain::Signed(value) => visitor.visit_i64(value),
                Plain::Float(value) => visitor.visit_f64(value),
                Plain::Text(value) => visitor.visit_borrowed_str(value),
            },
        };
        result.map_err(|error| {
            if error.missing.is_some() {
                error
            } else {
                error.at(self.0.place)
            }
        })
    }

    /// Text stays as it was written: `no`, `1.10` and `0123` are texts where a text is
    /// asked for.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let result = match &self.0.content {
            Content::Scalar { text, .. } if !self.0.is_nothing() => {
                visitor.visit_borrowed_str(text)
            }
            _ => Err(de::Error::invalid_type(self.0.unexpected(), &"a text")),
        };
        result.map_err(|error: FieldError| error.at(self.0.place))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.deserialize_str(visitor)
    }

    /// A field that may be left out is left out by not writing it. What is written with
    /// nothing behind it was meant to say something, and must not vanish. (`null` stays a
    /// value where any value is asked for, as in the JSON that is expected of an answer.)
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self.1 {
            Some(key) if self.0.is_nothing() => Err(FieldError::empty(key, self.0)),
            None if self.0.is_nothing() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        if name == AS_WRITTEN {
            return match &self.0.content {
                Content::Scalar { .. } => self.deserialize_str(visitor),
                _ => self.deserialize_any(visitor),
            };
        }
        visitor
            .visit_newtype_struct(self)
            .map_err(|error| error.at(self.0.place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        let result = match &self.0.content {
            Content::Scalar { text, .. } => visitor.visit_enum(text.as_str().into_deserializer()),
            Content::Map(entries) if entries.len() == 1 => visitor.visit_enum(Variant(&entries[0])),
            _ => Err(de::Error::invalid_type(
                self.0.unexpected(),
                &"one word, or one key and its value",
            )),
        };
        result.map_err(|error: FieldError| error.at(self.0.place))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'de>(std::slice::Iter<'de, Located>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = FieldError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, FieldError> {
        let Some(item) = self.0.next() else {
            return Ok(None);
        };
        seed.deserialize(Node(item, None))
            .map(Some)
            .map_err(|error| error.at(item.place))
    }
}

struct Entries<'de> {
    entries: std::slice::Iter<'de, (Located, Located)>,
    entry: Option<&'de (Located, Located)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = FieldError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, FieldError> {
        self.entry = self.entries.next();
        let Some((key, _)) = self.entry else {
            return Ok(None);
        };
        seed.deserialize(Key(key))
            .map(Some)
            .map_err(|error| error.at_key(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, FieldError> {
        let (key, value) = self
            .entry
            .take()
            .ok_or_else(|| FieldError::new("a value without a key".into()))?;
        seed.deserialize(Node(value, Some(key)))
            .map_err(|error| error.at(value.place))
    }
}

/// A key is always a text, whatever it looks like.
struct Key<'de>(&'de Located);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self.0.as_text() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => Err(de::Error::invalid_type(self.0.unexpected(), &"a name")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum
        identifier ignored_any
    }
}

struct Variant<'de>(&'de (Located, Located));

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = FieldError;
    type Variant = Node<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), FieldError> {
        let (key, value) = self.0;
        let variant = seed
            .deserialize(Key(key))
            .map_err(|error| error.at_key(key))?;
        Ok((variant, Node(value, Some(key))))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = FieldError;

    fn unit_variant(self) -> Result<(), FieldError> {
        Err(de::Error::invalid_type(self.0.unexpected(), &"nothing"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, FieldError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, FieldError> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        self.deserialize_any(visitor)
    }
}
