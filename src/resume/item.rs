//! Bodies of tracker items.
