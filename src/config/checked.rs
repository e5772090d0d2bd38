//! Values that are checked while they are read, so that an error names their line.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

pub(super) fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let value = i64::deserialize(from)?;
    u8::try_from(value)
        .ok()
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| D::Error::custom(format!("{value} is no percentage from 0 to 100")))
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
    if words.iter().any(|word| word.trim().is_empty()) {
        return Err(D::Error::custom("an empty word would take everything out"));
    }
    Ok(words)
}

pub(super) fn patterns<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let patterns = Vec::<String>::deserialize(from)?;
    for pattern in &patterns {
        crate::redact::check(pattern).map_err(D::Error::custom)?;
    }
    Ok(patterns)
}
