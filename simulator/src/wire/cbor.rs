//! CBOR, as Smithy RPC v2 writes it: trees in and out, with instants under tag 1.

use std::convert::Infallible;

use minicbor::{
    Decoder, Encoder,
    data::{IanaTag, Type},
    decode, encode,
};
use serde_json::{Map, Value};

/// No input of AWS is nested deeper; it guards the stack.
const DEEPEST: u32 = 32;

/// Reads an input. An instant becomes its seconds since the epoch.
pub(super) fn input(body: &[u8]) -> Result<Value, decode::Error> {
    read(&mut Decoder::new(body), DEEPEST)
}

fn read(decoder: &mut Decoder<'_>, deepest: u32) -> Result<Value, decode::Error> {
    let deeper = deepest
        .checked_sub(1)
        .ok_or_else(|| decode::Error::message("nested too deep"))?;
    Ok(match decoder.datatype()? {
        Type::Bool => decoder.bool()?.into(),
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        Type::F16 | Type::F32 | Type::F64 => decoder.f64()?.into(),
        Type::String | Type::StringIndef => text(decoder)?.into(),
        Type::Tag => {
            decoder.tag()?;
            read(decoder, deeper)?
        }
        Type::Array | Type::ArrayIndef => {
            let mut members = Vec::new();
            let mut left = decoder.array()?;
            while more(decoder, &mut left)? {
                members.push(read(decoder, deeper)?);
            }
            members.into()
        }
        Type::Map | Type::MapIndef => {
            let mut fields = Map::new();
            let mut left = decoder.map()?;
            while more(decoder, &mut left)? {
                fields.insert(text(decoder)?, read(decoder, deeper)?);
            }
            fields.into()
        }
        _ => decoder.i64()?.into(),
    })
}

/// Whether another member follows: by the count, or until the break of a list without one.
fn more(decoder: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, decode::Error> {
    match left {
        Some(0) => Ok(false),
        Some(count) => {
            *count -= 1;
            Ok(true)
        }
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

fn text(decoder: &mut Decoder<'_>) -> Result<String, decode::Error> {
    decoder.str_iter()?.collect()
}

/// Writes an output. JSON does not tell an instant from a number, so that goes by the field's name: all of
/// CloudWatch's end in `Timestamp` or `Timestamps`.
pub(super) fn output(body: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // A vector takes every byte there is.
    let Ok(()) = write(&mut encoder, body, false) else {
        return Vec::new();
    };
    encoder.into_writer()
}

fn write(
    encoder: &mut Encoder<Vec<u8>>,
    value: &Value,
    is_instant: bool,
) -> Result<(), encode::Error<Infallible>> {
    match value {
        Value::Null => encoder.null()?,
        Value::Bool(flag) => encoder.bool(*flag)?,
        Value::String(text) => encoder.str(text)?,
        Value::Number(number) => {
            if is_instant {
                encoder.tag(IanaTag::Timestamp)?;
            }
            match number.as_i64() {
                Some(whole) => encoder.i64(whole)?,
                None => encoder.f64(number.as_f64().unwrap_or_default())?,
            }
        }
        Value::Array(members) => {
            encoder.array(members.len() as u64)?;
            return members
                .iter()
                .try_for_each(|member| write(encoder, member, is_instant));
        }
        Value::Object(fields) => {
            encoder.map(fields.len() as u64)?;
            return fields.iter().try_for_each(|(name, field)| {
                encoder.str(name)?;
                let is_instant = name.ends_with("Timestamp") || name.ends_with("Timestamps");
                write(encoder, field, is_instant)
            });
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let body =
            json!({ "Name": "é", "Values": [1.0, -2.5], "Period": 60, "Flag": true, "None": null });
        assert_eq!(input(&output(&body)).expect("it is CBOR"), body);
    }

    #[test]
    fn an_instant_is_tagged() {
        // {"StateUpdatedTimestamp": 1(1.5)}
        let written = output(&json!({ "StateUpdatedTimestamp": 1.5 }));
        assert_eq!(written[0], 0xa1);
        assert_eq!(written[23..], [0xc1, 0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn maps_without_a_length_are_read_as_the_sdk_writes_them() {
        // {_ "Names": ["a"], "At": 1(1.5)}
        let body = b"\xbf\x65Names\x81\x61a\x62At\xc1\xfb\x3f\xf8\0\0\0\0\0\0\xff";
        assert_eq!(
            input(body).expect("it is CBOR"),
            json!({ "Names": ["a"], "At": 1.5 })
        );
        assert!(input(b"\xbf\x65Na").is_err(), "cut short");
        assert!(input(&[0x81; 100]).is_err(), "nested too deep");
    }
}
