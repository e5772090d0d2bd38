use super::log::Entry;
use super::view::View;

pub(super) fn entries(_view: &View<'_>, _out: &mut Vec<Entry>) {}
