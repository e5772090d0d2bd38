//! The resume log: what a later session needs to know of this one.

pub mod policy;
