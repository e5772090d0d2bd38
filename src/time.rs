//! Times as they are stored: RFC 3339, UTC.
//!
//! chrono reads and writes every form that the standard knows, in some two thousand instructions. Stored times
//! have one form; it is read and written here, and everything else by chrono.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserializer, Serializer};
use std::fmt;

/// A time in whatever form the standard knows.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    usual(text.as_bytes())
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|t| t.with_timezone(&Utc)))
}

/// `2026-11-23T02:45:07Z`, with 3, 6 or 9 digits behind a point, or none.
fn usual(text: &[u8]) -> Option<DateTime<Utc>> {
    let digits = |from: usize, to: usize| {
        let number =
            |sum: u32, byte: &u8| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'));
        text[from..to].iter().try_fold(0, number)
    };
    let unit = match text.len() {
        20 => 0,
        24 => 1_000_000,
        27 => 1_000,
        30 => 1,
        _ => return None,
    };
    let (end, rest) = text.split_last()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if *end != b'Z' || marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let nanos = match rest.len() {
        19 => 0,
        _ if text[19] != b'.' => return None,
        all => digits(20, all)? * unit,
    };
    let second = digits(17, 19).filter(|second| *second < 60)?;
    NaiveDate::from_ymd_opt(digits(0, 4)? as i32, digits(5, 7)?, digits(8, 10)?)?
        .and_hms_nano_opt(digits(11, 13)?, digits(14, 16)?, second, nanos)
        .map(|time| time.and_utc())
}

/// Reads and writes `Option<DateTime<Utc>>`, as `#[serde(with = "crate::time::option")]`.
pub mod option {
    use super::{DateTime, Deserializer, Maybe, Serializer, Utc, write};

    /// Errors: what is no time.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        deserializer.deserialize_option(Maybe)
    }

    /// Errors: the serializer's.
    // Serde hands over a reference.
    #[allow(clippy::ref_option)]
    pub fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => write(time, serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// A time, or none.
struct Maybe;

impl<'de> serde::de::Visitor<'de> for Maybe {
    type Value = Option<DateTime<Utc>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 formatted date and time string")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        match usual(text.as_bytes()) {
            Some(time) => Ok(Some(time)),
            None => text.parse().map(Some).map_err(E::custom),
        }
    }
}

/// As chrono writes it.
fn write<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    let year = u32::try_from(time.year()).ok().filter(|year| *year < 10_000);
    let (Some(year), 0..1_000_000_000) = (year, time.nanosecond()) else {
        return serde::Serialize::serialize(time, serializer);
    };
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    let mut put = |at: usize, digits: usize, mut number: u32| {
        for byte in text[at..at + digits].iter_mut().rev() {
            *byte = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(0, 4, year);
    put(5, 2, time.month());
    put(8, 2, time.day());
    put(11, 2, time.hour());
    put(14, 2, time.minute());
    put(17, 2, time.second());
    let nanos = time.nanosecond();
    put(20, 9, nanos);
    let end = match nanos {
        0 => 19,
        _ if nanos.is_multiple_of(1_000_000) => 23,
        _ if nanos.is_multiple_of(1_000) => 26,
        _ => 29,
    };
    text[end] = b'Z';
    match std::str::from_utf8(&text[..=end]) {
        Ok(text) => serializer.serialize_str(text),
        // Digits and marks have no way not to be UTF-8.
        Err(_) => serde::Serialize::serialize(time, serializer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Ours {
        #[serde(with = "option", default)]
        at: Option<DateTime<Utc>>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Theirs {
        at: Option<DateTime<Utc>>,
    }

    #[test]
    fn a_time_is_read_as_chrono_reads_it() {
        for text in [
            "2026-11-23T02:45:07Z",
            "2026-11-03T02:45:07Z",
            "2026-11-23T02:45:07.120Z",
            "2026-11-23T02:45:07.000120Z",
            "2026-11-23T02:45:07.000000001Z",
            "2026-11-23T02:45:60Z",
            "2026-02-30T02:45:07Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T02:45:07+02:00",
            "2026-11-23 02:45:07Z",
            "2026-11-23t02:45:07z",
            "2026-11-23T02:45:07.12Z",
            "2026-11-23T02:45:0xZ",
            "+026-11-23T02:45:07Z",
            "",
            "tomorrow",
        ] {
            let theirs = DateTime::parse_from_rfc3339(text).ok().map(|t| t.with_timezone(&Utc));
            assert_eq!(parse(text), theirs, "{text}");
            let json = serde_json::json!({ "at": text }).to_string();
            let (ours, theirs) =
                (serde_json::from_str::<Ours>(&json), serde_json::from_str::<Theirs>(&json));
            assert_eq!(ours.ok().map(|t| t.at), theirs.ok().map(|t| t.at), "{text}");
        }
        assert_eq!(serde_json::from_str::<Ours>("{\"at\":null}").unwrap().at, None);
        assert!(serde_json::from_str::<Ours>("{\"at\":7}").is_err());
    }

    proptest! {
        #[test]
        fn a_time_is_written_as_chrono_writes_it(
            seconds in -70_000_000_000_i64..300_000_000_000,
            nanos in prop_oneof![Just(0), Just(120_000_000), Just(7_000), 0_i64..1_000_000_000],
        ) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap() + TimeDelta::nanoseconds(nanos);
            let text = serde_json::to_string(&Ours { at: Some(at) }).unwrap();
            prop_assert_eq!(&text, &serde_json::to_string(&Theirs { at: Some(at) }).unwrap());
            prop_assert_eq!(serde_json::from_str::<Ours>(&text).unwrap().at, Some(at));
        }
    }
}
