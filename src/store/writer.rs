//! Writes a snapshot's JSON.
//!
//! `serde_json` looks at each byte of each string, and at names of fields too, for what has to be escaped, and
//! writes in pieces of one byte. Here nearly every string is known at once to need no escape, and copied; what
//! needs some, and numbers, `serde_json` writes. The bytes are those that it alone would write.

use crate::bytes;
use serde::{Serialize, ser};
use serde_json::Error;

/// A value as compact JSON, with room for so many bytes at first.
///
/// It may not hold a `serde_json::value::RawValue`, which tells that it is one to `serde_json` alone.
pub(super) fn json<T: Serialize + ?Sized>(value: &T, room: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(room);
    value.serialize(&mut Writer(&mut out))?;
    Ok(out)
}

struct Writer<'o>(&'o mut Vec<u8>);

impl Writer<'_> {
    /// As `serde_json` has it.
    fn plain<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.0, value)
    }

    fn text(&mut self, text: &str) -> Result<(), Error> {
        if bytes::is_escaped(text.as_bytes()) {
            return self.plain(text);
        }
        self.0.reserve(text.len() + 2);
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
        Ok(())
    }

    /// The name of a field or variant: ours, and without anything that is escaped.
    fn name(&mut self, name: &'static str) {
        debug_assert!(!bytes::is_escaped(name.as_bytes()), "{name} is no name");
        self.0.reserve(name.len() + 3);
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// A variant with a value: `{"name":`.
    fn variant(&mut self, name: &'static str) {
        self.0.push(b'{');
        self.name(name);
    }
}

/// What stands between brackets or braces.
struct Inside<'w, 'o> {
    writer: &'w mut Writer<'o>,
    empty: bool,
    end: &'static [u8],
}

impl Inside<'_, '_> {
    fn next(&mut self) {
        if !self.empty {
            self.writer.0.push(b',');
        }
        self.empty = false;
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.next();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.next();
        self.writer.name(name);
        value.serialize(&mut *self.writer)
    }

    fn close(self) {
        self.writer.0.extend_from_slice(self.end);
    }
}

impl<'w, 'o> Writer<'o> {
    fn open(&'w mut self, start: u8, end: &'static [u8]) -> Inside<'w, 'o> {
        self.0.push(start);
        Inside { writer: self, empty: true, end }
    }
}

/// What `serde_json` writes.
macro_rules! plain {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, value: $type) -> Result<(), Error> {
            self.plain(&value)
        }
    )*};
}

impl<'w, 'o> ser::Serializer for &'w mut Writer<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'w, 'o>;
    type SerializeTuple = Inside<'w, 'o>;
    type SerializeTupleStruct = Inside<'w, 'o>;
    type SerializeTupleVariant = Inside<'w, 'o>;
    type SerializeMap = Inside<'w, 'o>;
    type SerializeStruct = Inside<'w, 'o>;
    type SerializeStructVariant = Inside<'w, 'o>;

    plain!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_i128(i128),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u128(u128),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_bytes(&[u8])
    );

    fn serialize_u32(self, number: u32) -> Result<(), Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), Error> {
        match number {
            // Most counts.
            0..10 => self.0.push(b'0' + number as u8),
            _ => self.plain(&number)?,
        }
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.text(text)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.0.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'w, 'o>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'w, 'o>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Inside<'w, 'o>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'w, 'o>, Error> {
        self.variant(variant);
        Ok(self.open(b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'w, 'o>, Error> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'w, 'o>, Error> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'w, 'o>, Error> {
        self.variant(variant);
        Ok(self.open(b'{', b"}}"))
    }
}

impl ser::SerializeMap for Inside<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.next();
        let start = self.writer.0.len();
        key.serialize(&mut *self.writer)?;
        // A number's digits are the name.
        if self.writer.0.get(start) != Some(&b'"') {
            self.writer.0.insert(start, b'"');
            self.writer.0.push(b'"');
        }
        self.writer.0.push(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

/// Elements of a list.
macro_rules! lists {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Inside<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        }
    )*};
}

lists!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

/// Fields with a name.
macro_rules! objects {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Inside<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, Serialize)]
    enum Kind {
        Nothing,
        Text(String),
        Pair(u8, char),
        Named { at: Option<i64>, share: f64 },
    }

    #[derive(Debug, Clone, Serialize)]
    struct Unit;

    #[derive(Debug, Clone, Serialize)]
    struct Inner(String);

    #[derive(Debug, Clone, Serialize)]
    struct Both(u16, bool);

    #[derive(Debug, Clone, Serialize)]
    struct All {
        text: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<Kind>,
        by_name: BTreeMap<String, Inner>,
        by_number: BTreeMap<u32, (i32, Both)>,
        counts: Vec<u64>,
        none: (Unit, ()),
        #[serde(flatten)]
        kind: Kind,
    }

    fn kind() -> impl Strategy<Value = Kind> {
        prop_oneof![
            Just(Kind::Nothing),
            text().prop_map(Kind::Text),
            (any::<u8>(), any::<char>()).prop_map(|(a, b)| Kind::Pair(a, b)),
            (any::<Option<i64>>(), any::<f64>()).prop_map(|(at, share)| Kind::Named { at, share }),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z é🦀]{0,40}", "[a-z\"\\\\\n\u{1}\u{1f}\u{7f}\u{2028}]{0,40}"]
    }

    proptest! {
        #[test]
        fn it_is_what_serde_json_writes(
            text in text(),
            kinds in prop::collection::vec(kind(), 0..4),
            by_name in prop::collection::btree_map(text(), text().prop_map(Inner), 0..3),
            by_number in prop::collection::btree_map(
                any::<u32>(),
                (any::<i32>(), (any::<u16>(), any::<bool>()).prop_map(|(a, b)| Both(a, b))),
                0..3,
            ),
            counts in prop::collection::vec(prop_oneof![0..12_u64, any::<u64>()], 0..4),
            kind in text().prop_map(Kind::Text),
        ) {
            let all = All { text, kinds, by_name, by_number, counts, none: (Unit, ()), kind };
            let written = String::from_utf8(json(&all, 0).unwrap()).unwrap();
            prop_assert_eq!(written, serde_json::to_string(&all).unwrap());
        }
    }
}
