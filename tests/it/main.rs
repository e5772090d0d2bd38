//! The one integration crate: everything that needs files, processes or the real CLI.

mod compose;
mod fold;
