//! The facts of a session as a pure value.

pub mod command;
pub mod sentence;
pub mod signature;
pub mod summary;
pub mod symbols;
pub mod text;
pub mod tracker;
