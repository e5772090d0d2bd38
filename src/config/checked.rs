//! Values that are checked while they are read, so that an error names their line.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

pub(super) fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    is_percent(i64::deserialize(from)?).map_err(D::Error::custom)
}

pub(super) fn is_percent(value: i64) -> Result<u8, String> {
    let percent = u8::try_from(value).ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| format!("{value} is no percentage from 0 to 100"))
}

pub(super) fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(from)?;
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(D::Error::custom(format!("{value} is no amount of 0 or more")))
}

pub(super) fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    words.iter().try_for_each(|text| word(text)).map_err(D::Error::custom)?;
    Ok(words)
}

pub(super) fn word(word: &str) -> Result<(), String> {
    if word.trim().is_empty() {
        return Err("an empty word would take everything out".to_owned());
    }
    Ok(())
}

pub(super) fn patterns<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let patterns = Vec::<String>::deserialize(from)?;
    for pattern in &patterns {
        crate::redact::check(pattern).map_err(D::Error::custom)?;
    }
    Ok(patterns)
}
